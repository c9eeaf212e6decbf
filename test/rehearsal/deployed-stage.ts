/** What the rehearsal needs of the stack's outputs. */
export interface DeployedStage {
  /** By name, as the stack puts them out. */
  readonly outputs: ReadonlyMap<string, string>;
  /** The base URL for SDKs. */
  readonly apiUrl: string;
  /** The base URL for signed requests. */
  readonly iamApiUrl: string;
  readonly callFunctionName: string;
  readonly refreshFunctionName: string;
  readonly refreshScheduleName: string;
}

/** @throws {Error} when an output is missing, or the API is not on MiniStack */
export function deployedStage(outputs: ReadonlyMap<string, string>): DeployedStage {
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (value === undefined) throw new Error(`the stack has no output ${name}`);
    return value;
  };
  const apiUrl = output('ApiUrl');
  if (!/^https:\/\/\w+\.execute-api\.localhost:4566(\/|$)/.test(apiUrl)) {
    throw new Error(`${apiUrl} is not an API of MiniStack`);
  }
  return {
    outputs,
    apiUrl,
    iamApiUrl: output('IamApiUrl'),
    callFunctionName: output('CallWechatApiName'),
    refreshFunctionName: output('RefreshAccessTokenName'),
    refreshScheduleName: output('RefreshScheduleName'),
  };
}

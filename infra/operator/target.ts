/** The gateway that a command is about: one stage on AWS, or the local run. */
export interface Target {
  /** For people: `stage dev in ap-southeast-1`. */
  readonly name: string;
  readonly tableName: string;
  /** What comes before the app ID in the names of the accounts' secrets. */
  readonly secretPrefix: string;
  readonly refreshFunctionName: string;
  readonly syncFunctionName: string;
  /** The base URL for SDKs, without a slash at its end. */
  readonly apiUrl: string;
}

import { callerIdentity } from './caller-identity.sts.ts';
import { gatewayOf, type TargetOptions } from './connect-gateway.ts';
import { localTarget } from './local-target.ts';
import {
  describeStageStack,
  type StackOutput,
  targetOfStack,
  useRegionOfStage,
} from './stage-target.cloudformation.ts';
import type { Surroundings } from './surroundings.ts';
import type { Target } from './target.ts';

/**
 * The way to the gateway that a command's options name; goes no step of it. Changes `process.env`.
 * @throws {OperatorFailure} when the stage cannot be one
 */
export async function findSurroundings({ stage, region, localPort }: TargetOptions): Promise<Surroundings> {
  if (localPort !== undefined) return localSurroundings(localPort);
  const where = useRegionOfStage(stage, region, process.env);
  const flags = `--stage ${stage}${region === undefined ? '' : ` --region ${region}`}`;
  return {
    name: where,
    isLocal: false,
    commandLine: (command) => `npm run operator -- ${flags} ${command}`,
    identity: callerIdentity,
    async describe() {
      const stack = await describeStageStack(stage, where);
      return { target: targetOfStack(stack), stackStatus: stack.status, outputs: stack.outputs };
    },
    connect: gatewayOf,
  };
}

function localSurroundings(port: number): Surroundings {
  return {
    name: `the local run on port ${port}`,
    isLocal: true,
    commandLine: (command) => `npm run operator -- --local --port ${port} ${command}`,
    identity: async () => undefined,
    async describe() {
      const target = localTarget(port, process.env);
      return { target, stackStatus: undefined, outputs: outputsOf(target) };
    },
    connect: gatewayOf,
  };
}

/** What a stack would have put out, under the same names. */
function outputsOf(target: Target): StackOutput[] {
  const { apiUrl, tableName, refreshFunctionName, syncFunctionName, quotasFunctionName, schedules } = target;
  return [
    { name: 'ApiUrl', value: apiUrl, description: 'The base URL for SDKs, without a slash at its end' },
    { name: 'TableName', value: tableName, description: 'The one table of state' },
    { name: 'RefreshAccessTokenName', value: refreshFunctionName, description: 'Refreshes access tokens' },
    { name: 'SyncServerIpsName', value: syncFunctionName, description: "Keeps WeChat's IP lists" },
    { name: 'SyncQuotasName', value: quotasFunctionName, description: 'Asks WeChat how far quotas are used' },
    { name: 'RefreshScheduleName', value: schedules.refresh ?? '', description: 'Runs it' },
  ];
}

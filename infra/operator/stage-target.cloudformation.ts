import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { CLIENT_SETTINGS } from './client-settings.ts';
import { OperatorFailure, usageFailure } from './operator-failure.ts';
import type { Target } from './target.ts';

const STAGE = /^[a-z0-9-]{1,20}$/;
const ENVIRONMENTS = join(import.meta.dirname, '../environments');
/** CloudFormation's answer for a stack that is not there, a ValidationError like many others. */
const NO_STACK = /does not exist/;

/**
 * A stage on AWS, by the outputs of its stack. Changes `environment` so that AWS clients made from now on use the stage's region: the one
 * given, or the one in the stage's environment file, or else the AWS configuration's own.
 * @throws {OperatorFailure} when the stage is not deployed there
 */
export async function stageTarget(
  stage: string,
  region: string | undefined,
  environment: Record<string, string | undefined>,
): Promise<Target> {
  if (!STAGE.test(stage)) throw usageFailure('--stage must be 1 to 20 of the characters a-z, 0-9 and "-".');
  const chosen = region ?? regionInFile(stage);
  if (chosen !== undefined) environment['AWS_REGION'] = chosen;
  const where = `stage ${stage}${chosen === undefined ? '' : ` in ${chosen}`}`;
  const outputs = await outputsOf(`wechat-gateway-${stage}`, where);
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new OperatorFailure(`The stack of ${where} has no output ${name}: deploy it again with this version.`);
  };
  return {
    name: where,
    tableName: output('TableName'),
    secretPrefix: `wechat-gateway/${stage}/`,
    refreshFunctionName: output('RefreshAccessTokenName'),
    syncFunctionName: output('SyncServerIpsName'),
    apiUrl: output('ApiUrl'),
  };
}

async function outputsOf(stackName: string, where: string): Promise<ReadonlyMap<string, string>> {
  const client = new CloudFormationClient(CLIENT_SETTINGS);
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (error) {
    if (!(error instanceof Error && NO_STACK.test(error.message))) throw error;
    const advice = 'deploy it first, or name another one with --stage and --region (--local for the local run)';
    throw new OperatorFailure(`There is no stack ${stackName} for ${where}: ${advice}.`, undefined, { cause: error });
  }
}

/** Read without the CDK, which takes seconds to load; deploying checks the rest of the file. */
function regionInFile(stage: string): string | undefined {
  const file = v.pipe(v.string(), v.parseJson(), v.object({ region: v.string() }));
  try {
    return v.parse(file, readFileSync(join(ENVIRONMENTS, `${stage}.json`), 'utf8')).region;
  } catch {
    // A stage that was deployed from another checkout: the AWS configuration says where.
    return undefined;
  }
}

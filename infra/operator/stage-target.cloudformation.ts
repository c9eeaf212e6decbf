import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { CLIENT_SETTINGS } from './client-settings.ts';
import { OperatorFailure, usageFailure } from './operator-failure.ts';
import { LOGGED_FUNCTIONS, type LoggedFunction, type Target } from './target.ts';

const STAGE = /^[a-z0-9-]{1,20}$/;
const ENVIRONMENTS = join(import.meta.dirname, '../environments');
/** CloudFormation's answer for a stack that is not there, a ValidationError like many others. */
const NO_STACK = /does not exist/;

/** An output of a stack. */
export interface StackOutput {
  readonly name: string;
  readonly value: string;
  readonly description: string;
}

/** A stage's stack as CloudFormation describes it. */
export interface StageStack {
  readonly stage: string;
  /** For people: `stage dev in ap-southeast-1`. */
  readonly where: string;
  readonly stackName: string;
  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
  readonly status: string;
  readonly outputs: readonly StackOutput[];
}

/**
 * Makes AWS clients that are created from now on use the stage's region: the one given, or the one in the stage's environment file, or else the
 * AWS configuration's own. Changes `environment`.
 * @returns the stage with its region, for people
 * @throws {OperatorFailure} when it cannot be the name of a stage
 */
export function useRegionOfStage(
  stage: string,
  region: string | undefined,
  environment: Record<string, string | undefined>,
): string {
  if (!STAGE.test(stage)) throw usageFailure('--stage must be 1 to 20 of the characters a-z, 0-9 and "-".');
  const chosen = region ?? regionInFile(stage);
  if (chosen !== undefined) environment['AWS_REGION'] = chosen;
  return `stage ${stage}${chosen === undefined ? '' : ` in ${chosen}`}`;
}

/**
 * A stage's stack, in the region that clients now use.
 * @param where the stage for people, from {@link useRegionOfStage}
 * @throws {OperatorFailure} when the stage is not deployed there
 */
export async function describeStageStack(stage: string, where: string): Promise<StageStack> {
  const client = new CloudFormationClient(CLIENT_SETTINGS);
  const stackName = `wechat-gateway-${stage}`;
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const { StackStatus: status = 'UNKNOWN', Outputs = [] } = Stacks?.[0] ?? {};
    const outputs = Outputs.map(({ OutputKey: name = '', OutputValue: value = '', Description: description = '' }) => ({
      name,
      value,
      description,
    }));
    return { stage, where, stackName, status, outputs };
  } catch (error) {
    if (!(error instanceof Error && NO_STACK.test(error.message))) throw error;
    const advice = 'deploy it first, or name another one with --stage and --region (--local for the local run)';
    throw new OperatorFailure(`There is no stack ${stackName} for ${where}: ${advice}.`, undefined, { cause: error });
  }
}

/** What commands need of a stack. @throws {OperatorFailure} when an output is missing */
export function targetOfStack({ stage, where, outputs }: StageStack): Target {
  const find = (name: string) => outputs.find((output) => output.name === name)?.value;
  const output = (name: string): string => {
    const value = find(name);
    if (value !== undefined) return value;
    throw new OperatorFailure(`The stack of ${where} has no output ${name}: deploy it again with this version.`);
  };
  return {
    name: where,
    tableName: output('TableName'),
    secretPrefix: `wechat-gateway/${stage}/`,
    refreshFunctionName: output('RefreshAccessTokenName'),
    syncFunctionName: output('SyncServerIpsName'),
    quotasFunctionName: output('SyncQuotasName'),
    apiUrl: output('ApiUrl'),
    signedOnly: output('ApiUrl') === find('IamApiUrl'),
    egressAddresses: (find('EgressAddresses') ?? '').split(',').filter((address) => address !== ''),
    schedules: {
      refresh: find('RefreshScheduleName'),
      sync: find('SyncScheduleName'),
      quotas: find('QuotasScheduleName'),
    },
    logs: { kind: 'groups', groups: logGroups(find) },
  };
}

function logGroups(find: (name: string) => string | undefined): Readonly<Partial<Record<LoggedFunction, string>>> {
  return Object.fromEntries(
    LOGGED_FUNCTIONS.flatMap((name) => {
      const group = find(`${pascalCase(name)}LogGroup`);
      return group === undefined ? [] : [[name, group]];
    }),
  );
}

function pascalCase(text: string): string {
  return text.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
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

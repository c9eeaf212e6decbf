import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { StageEnvironment } from '../environment-file.ts';
import type { Egress } from './egress.ts';
import type { GatewayFunction } from './gateway-function.ts';
import type { GatewayTable } from './gateway-table.ts';
import type { HttpDoor } from './http-door.ts';
import type { NoticeTopic } from './notice-topic.ts';
import type { OperatorPolicy } from './operator-policy.ts';
import type { ScheduledInvocation } from './scheduled-invocation.ts';

/** The parts of a stage that people and the operator's command line have to find. */
export interface StageParts {
  readonly environment: StageEnvironment;
  readonly table: GatewayTable;
  readonly egress: Egress | undefined;
  readonly notices: NoticeTopic | undefined;
  readonly callWechatApi: GatewayFunction;
  readonly callWithAppSecret: GatewayFunction;
  readonly refreshAccessToken: GatewayFunction;
  readonly syncServerIps: GatewayFunction;
  readonly syncQuotas: GatewayFunction;
  readonly sendAlarmNotice: GatewayFunction | undefined;
  readonly refreshSchedule: ScheduledInvocation;
  readonly syncSchedule: ScheduledInvocation;
  readonly quotasSchedule: ScheduledInvocation;
  readonly door: HttpDoor;
  readonly operatorPolicy: OperatorPolicy;
}

/** Puts out what is needed after the deploy. The names are those that `infra/operator/` reads; a part that a stage lacks has no output. */
export function addOutputs(stack: Stack, parts: StageParts): void {
  const output = (id: string, description: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') new CfnOutput(stack, id, { value, description });
  };
  const { environment, door, egress, notices, refreshSchedule, syncSchedule, quotasSchedule } = parts;
  const { auth, pathPrefix } = environment;
  const base = `${door.origin}${pathPrefix}`;
  output('ApiUrl', 'The base URL for SDKs, without a slash at its end', auth === 'iam' ? `${base}/iam` : base);
  output('IamApiUrl', 'The base URL for signed requests', auth === 'key' ? undefined : `${base}/iam`);
  output(
    'IamInvokeArn',
    'What the roles of apps need execute-api:Invoke on',
    auth === 'key' ? undefined : door.iamInvokeArn(pathPrefix),
  );
  output('ApiEndpoint', "API Gateway's own host, whatever the domain", door.api.apiEndpoint);
  output('DomainTarget', "What the domain's record has to point to", door.domain?.target);
  output('DomainTargetHostedZoneId', "That target's Route 53 zone, for an alias", door.domain?.targetHostedZoneId);
  output('EgressAddresses', "Enter these in WeChat's IP allow-list", egress?.addresses.join(','));
  output('AlarmTopicArn', 'Where messages to people go', notices?.topic.topicArn);
  output('OperatorPolicyArn', 'To be attached to the roles of operators', parts.operatorPolicy.managedPolicyArn);
  output('TableName', 'The one table of state', parts.table.tableName);
  for (const [name, built, does] of [
    ['CallWechatApi', parts.callWechatApi, 'Answers the API'],
    ['CallWithAppSecret', parts.callWithAppSecret, 'Makes the calls that carry an app secret'],
    ['RefreshAccessToken', parts.refreshAccessToken, 'Refreshes access tokens'],
    ['SyncServerIps', parts.syncServerIps, "Keeps WeChat's IP lists"],
    ['SyncQuotas', parts.syncQuotas, 'Asks WeChat how far quotas are used'],
    ['SendAlarmNotice', parts.sendAlarmNotice, 'Writes to people about alarms'],
  ] as const) {
    output(`${name}Name`, does, built?.lambda.functionName);
    output(`${name}LogGroup`, 'Its logs', built?.logs.logGroupName);
  }
  output('AccessLogGroup', "The API's access logs", door.accessLogs.logGroupName);
  for (const [name, schedule] of [
    ['Refresh', refreshSchedule],
    ['Sync', syncSchedule],
    ['Quotas', quotasSchedule],
  ] as const) {
    output(`${name}ScheduleName`, 'Runs it', schedule.scheduleName);
    output(`${name}DeadLettersUrl`, 'Counts what was given up', schedule.deadLetters.queueUrl);
  }
}

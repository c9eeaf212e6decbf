import type { MetricName } from '../lambda/metric-names.ts';

/** `critical`: callers notice, or will within the hour; wake somebody. `warning`: look on the next working day. */
export type Severity = 'critical' | 'warning';

/** The functions that alarms watch, by their folder. */
export const WATCHED_FUNCTIONS = [
  'refresh-access-token',
  'call-with-app-secret',
  'call-wechat-api',
  'sync-server-ips',
  'sync-quotas',
  'send-alarm-notice',
] as const;

/** See {@link WATCHED_FUNCTIONS}. */
export type WatchedFunction = (typeof WATCHED_FUNCTIONS)[number];

/** The functions with a schedule, and so with a queue of dead letters. */
export type ScheduledFunction = 'refresh-access-token' | 'sync-server-ips' | 'sync-quotas';

/** A metric of ours; with `per` the percentage of it in another one, 0 while that one is under `atLeast`. */
export interface GatewayMetric {
  readonly source: 'gateway';
  readonly name: MetricName;
  readonly per?: { readonly name: MetricName; readonly atLeast: number };
}

/** A metric that AWS measures of one of the stack's parts; of several NAT gateways the sum. */
export type AwsMetric = { readonly source: 'aws' } & (
  | {
      readonly namespace: 'AWS/Lambda';
      readonly name: 'Errors' | 'Throttles' | 'Duration';
      readonly function: WatchedFunction;
    }
  | {
      readonly namespace: 'AWS/SQS';
      readonly name: 'ApproximateNumberOfMessagesVisible';
      readonly deadLettersOf: ScheduledFunction;
    }
  | { readonly namespace: 'AWS/ApiGateway'; readonly name: '5xx' }
  | { readonly namespace: 'AWS/NATGateway'; readonly name: 'ErrorPortAllocation' }
);

/** What must stand in a field of a log line: one of the values. */
export type FieldCondition = readonly (string | number | boolean)[];

/** A log line of a certain kind: every field meets its condition. */
export type LogLineCondition = Readonly<Record<string, FieldCondition>>;

/** A log group: a function's, or that of API Gateway's access log. */
export type LogSource = WatchedFunction | 'api-access-log';

/** How an alarm's cause stands in our logs: what is any of these lines, in any of these groups. */
export interface LogTrace {
  readonly sources: readonly LogSource[];
  readonly lines: readonly LogLineCondition[];
}

/** One alarm as plain data: CloudWatch's alarm, the notice, the console and the runbook are made from it. */
export interface Alarm {
  /** Kebab-case; the end of the alarm's name in AWS, `wechat-gateway-<stage>-<id>`. */
  readonly id: string;
  /** What has happened, for people who have never seen the gateway. */
  readonly title: string;
  readonly severity: Severity;
  /** The anchor of its section in docs/runbook.md: its id, or one for the same trouble in several functions. */
  readonly section: string;
  readonly metric: AlarmMetric;
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'p90';
  readonly comparison: 'over' | 'at-least' | 'under';
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  /** What a period without data means, in CloudWatch's words. */
  readonly missingData: 'breaching' | 'notBreaching';
  /** Absent: nothing in the logs says more than the alarm itself. */
  readonly logs?: LogTrace;
}

/** See {@link GatewayMetric} and {@link AwsMetric}. */
export type AlarmMetric = GatewayMetric | AwsMetric;

import { type Alarm, type ScheduledFunction, type Severity, WATCHED_FUNCTIONS, type WatchedFunction } from './alarm.ts';
import { ONCE_IN_FIVE_MINUTES } from './alarm-defaults.ts';

/** What people have to know of a function. */
interface WatchedAs {
  readonly does: string;
  /** How bad it is when it fails. */
  readonly severity: Severity;
  /** An invocation that takes longer was cut off by its timeout, or nearly. */
  readonly longestMs: number;
}

const WATCHED: Readonly<Record<WatchedFunction, WatchedAs>> = {
  // A failed tick is repeated a minute later; that none succeeds is the alarm refresh-overdue.
  'refresh-access-token': { does: 'that refreshes access tokens', severity: 'warning', longestMs: 57_000 },
  'call-with-app-secret': { does: 'that makes calls with the app secret', severity: 'critical', longestMs: 27_500 },
  'call-wechat-api': { does: 'that answers callers', severity: 'critical', longestMs: 27_500 },
  'sync-server-ips': { does: "that keeps WeChat's IP lists", severity: 'warning', longestMs: 840_000 },
  'sync-quotas': { does: 'that asks WeChat for quotas', severity: 'warning', longestMs: 840_000 },
  'send-alarm-notice': { does: 'that sends the notices of alarms', severity: 'critical', longestMs: 110_000 },
};

const errorsOf = (name: WatchedFunction): Alarm => ({
  ...ONCE_IN_FIVE_MINUTES,
  id: `${name}-errors`,
  title: `The function ${WATCHED[name].does} fails`,
  severity: WATCHED[name].severity,
  section: 'function-errors',
  metric: { source: 'aws', namespace: 'AWS/Lambda', name: 'Errors', function: name },
  logs: {
    sources: [name],
    lines: [{ level: ['ERROR'] }, { type: ['platform.report'], 'record.status': ['error', 'failure', 'timeout'] }],
  },
});

const throttlesOf = (name: WatchedFunction): Alarm => ({
  ...ONCE_IN_FIVE_MINUTES,
  id: `${name}-throttles`,
  title: `Lambda turns invocations of the function ${WATCHED[name].does} away`,
  severity: WATCHED[name].severity,
  section: 'function-throttles',
  metric: { source: 'aws', namespace: 'AWS/Lambda', name: 'Throttles', function: name },
});

const durationOf = (name: WatchedFunction): Alarm => ({
  ...ONCE_IN_FIVE_MINUTES,
  id: `${name}-duration`,
  title: `The function ${WATCHED[name].does} needs nearly all of its time`,
  severity: 'warning',
  section: 'function-duration',
  metric: { source: 'aws', namespace: 'AWS/Lambda', name: 'Duration', function: name },
  statistic: 'Maximum',
  comparison: 'over',
  threshold: WATCHED[name].longestMs,
});

const SCHEDULED = {
  'refresh-access-token': 'Scheduled refreshes of access tokens could not be run',
  'sync-server-ips': "The daily sync of WeChat's IP lists could not be run",
  'sync-quotas': "The daily question for WeChat's quotas could not be asked",
} as const satisfies Record<ScheduledFunction, string>;

const deadLettersOf = (name: ScheduledFunction): Alarm => ({
  ...ONCE_IN_FIVE_MINUTES,
  id: `${name}-dead-letters`,
  title: SCHEDULED[name],
  severity: 'warning',
  section: 'dead-letters',
  metric: {
    source: 'aws',
    namespace: 'AWS/SQS',
    name: 'ApproximateNumberOfMessagesVisible',
    deadLettersOf: name,
  },
  statistic: 'Maximum',
});

/** The functions as AWS sees them, and their schedules. */
export const FUNCTION_ALARMS: readonly Alarm[] = [
  ...WATCHED_FUNCTIONS.flatMap((name) => [errorsOf(name), throttlesOf(name), durationOf(name)]),
  deadLettersOf('refresh-access-token'),
  deadLettersOf('sync-server-ips'),
  deadLettersOf('sync-quotas'),
];

import type { Alarm, LogTrace } from './alarm.ts';
import { ONCE_IN_FIVE_MINUTES } from './alarm-defaults.ts';

const MINUTE = 60;

const callLines = (...lines: LogTrace['lines']): LogTrace => ({ sources: ['call-wechat-api'], lines });

/** So many failed attempts of a kind in five minutes are no accident, even where few calls are made. */
const FIVE_IN_FIVE_MINUTES = { ...ONCE_IN_FIVE_MINUTES, threshold: 5 } as const;

const attempts = (...failureCause: readonly string[]): LogTrace => ({
  sources: ['call-wechat-api', 'refresh-access-token', 'call-with-app-secret', 'sync-server-ips', 'sync-quotas'],
  lines: [{ event: ['upstream-failure'], failureCause }],
});

/** What callers meet: WeChat's trouble, ours, and their own. */
export const CALL_ALARMS: readonly Alarm[] = [
  {
    id: 'upstream-failing',
    title: "Over 5 % of the calls fail because of WeChat's servers or the way there",
    severity: 'critical',
    section: 'upstream-failing',
    metric: { source: 'gateway', name: 'UpstreamFailures', per: { name: 'UpstreamCalls', atLeast: 20 } },
    statistic: 'Sum',
    comparison: 'over',
    threshold: 5,
    periodSeconds: MINUTE,
    datapointsToAlarm: 3,
    evaluationPeriods: 5,
    missingData: 'notBreaching',
    logs: callLines({ event: ['call'], fault: ['upstream'] }),
  },
  {
    ...FIVE_IN_FIVE_MINUTES,
    id: 'upstream-dns-failing',
    title: "The names of WeChat's servers cannot be resolved",
    severity: 'warning',
    section: 'upstream-dns-failing',
    metric: { source: 'gateway', name: 'UpstreamDnsFailures' },
    logs: attempts('dns'),
  },
  {
    ...FIVE_IN_FIVE_MINUTES,
    id: 'upstream-connect-failing',
    title: "No connection to WeChat's servers comes up",
    severity: 'warning',
    section: 'upstream-connect-failing',
    metric: { source: 'gateway', name: 'UpstreamConnectFailures' },
    logs: attempts('connect', 'connect-timeout', 'tls'),
  },
  {
    ...FIVE_IN_FIVE_MINUTES,
    id: 'upstream-timing-out',
    title: 'WeChat does not answer in time',
    severity: 'warning',
    section: 'upstream-timing-out',
    metric: { source: 'gateway', name: 'UpstreamTimeouts' },
    logs: attempts('first-byte-timeout', 'deadline'),
  },
  {
    ...FIVE_IN_FIVE_MINUTES,
    id: 'upstream-breaking-off',
    title: 'WeChat breaks connections off before it has answered',
    severity: 'warning',
    section: 'upstream-breaking-off',
    metric: { source: 'gateway', name: 'UpstreamResets' },
    logs: attempts('reset'),
  },
  {
    ...FIVE_IN_FIVE_MINUTES,
    id: 'upstream-malformed',
    title: "What answers in WeChat's place is not what WeChat documents",
    severity: 'warning',
    section: 'upstream-malformed',
    metric: { source: 'gateway', name: 'UpstreamMalformedAnswers' },
    logs: {
      ...attempts('malformed', 'server-error'),
      lines: [
        { event: ['upstream-failure'], failureCause: ['malformed', 'server-error'] },
        { event: ['refresh'], failureCause: ['odd-answer'] },
      ],
    },
  },
  {
    id: 'upstream-slow',
    title: 'WeChat takes over five seconds for one call in ten',
    severity: 'warning',
    section: 'upstream-slow',
    metric: { source: 'gateway', name: 'UpstreamLatency' },
    statistic: 'p90',
    comparison: 'over',
    threshold: 5_000,
    periodSeconds: 5 * MINUTE,
    datapointsToAlarm: 2,
    evaluationPeriods: 3,
    missingData: 'notBreaching',
  },
  {
    ...FIVE_IN_FIVE_MINUTES,
    id: 'calls-failing',
    title: 'Calls fail within the gateway, or because there is no token or secret that WeChat takes',
    severity: 'critical',
    section: 'calls-failing',
    metric: { source: 'gateway', name: 'GatewayFailures' },
    logs: callLines({ event: ['call'], fault: ['gateway'] }),
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'callers-rejected',
    title: 'Many calls are rejected: wrong keys, missing grants or used-up limits',
    severity: 'warning',
    section: 'callers-rejected',
    metric: { source: 'gateway', name: 'CallersRejected' },
    threshold: 50,
    logs: callLines({ event: ['call'], fault: ['caller'] }),
  },
  {
    ...FIVE_IN_FIVE_MINUTES,
    id: 'api-5xx',
    title: 'API Gateway answers callers with 500 or 503: the function fails before it can answer',
    severity: 'critical',
    section: 'api-5xx',
    metric: { source: 'aws', namespace: 'AWS/ApiGateway', name: '5xx' },
    logs: { sources: ['api-access-log'], lines: [{ status: ['500', '502', '503', '504'] }] },
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'nat-ports-exhausted',
    title: 'The NAT gateway has no port left for new connections to WeChat',
    severity: 'critical',
    section: 'nat-ports-exhausted',
    metric: { source: 'aws', namespace: 'AWS/NATGateway', name: 'ErrorPortAllocation' },
  },
];

import type { Log } from '../lambda/log.ts';
import type { MetricName } from '../lambda/metric-names.ts';
import type { Metrics } from '../lambda/metrics.ts';
import { UpstreamFailure, type UpstreamFailureKind, type WechatApi } from './wechat-api.ts';

/** Where failed attempts are reported. */
export interface AttemptReporters {
  readonly log: Log;
  readonly metrics: Metrics;
}

/** An answer that is too large says nothing of WeChat's health. */
const METRIC_OF_KIND: Readonly<Record<Exclude<UpstreamFailureKind, 'answer-too-large'>, MetricName>> = {
  dns: 'UpstreamDnsFailures',
  connect: 'UpstreamConnectFailures',
  'connect-timeout': 'UpstreamConnectFailures',
  tls: 'UpstreamConnectFailures',
  'first-byte-timeout': 'UpstreamTimeouts',
  deadline: 'UpstreamTimeouts',
  reset: 'UpstreamResets',
  malformed: 'UpstreamMalformedAnswers',
};
const FIRST_SERVER_ERROR = 500;

/** The same API, that logs and counts by kind each attempt that failed: also one that another host or a later try makes good. */
export function reportAttempts(api: WechatApi, { log, metrics }: AttemptReporters): WechatApi {
  const reportFailure = ({ kind, origin, cause }: UpstreamFailure): void => {
    if (kind === 'answer-too-large') return;
    // The cause is a bare code or class name.
    const code = typeof cause === 'string' ? cause : undefined;
    log('WARN', { event: 'upstream-failure', origin, failureCause: kind, cause: code });
    metrics({ [METRIC_OF_KIND[kind]]: 1 });
  };
  return {
    connectAhead: (origin) => api.connectAhead(origin),
    async attempt(origin, request, limits) {
      try {
        const answer = await api.attempt(origin, request, limits);
        if (answer.status >= FIRST_SERVER_ERROR) {
          log('WARN', { event: 'upstream-failure', origin, failureCause: 'server-error', status: answer.status });
          metrics({ UpstreamMalformedAnswers: 1 });
        }
        return answer;
      } catch (error) {
        if (error instanceof UpstreamFailure) reportFailure(error);
        throw error;
      }
    },
  };
}

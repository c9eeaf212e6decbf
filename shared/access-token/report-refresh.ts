import type { Log } from '../lambda/log.ts';
import type { MetricName } from '../lambda/metric-names.ts';
import type { Metrics } from '../lambda/metrics.ts';
import {
  ADDRESS_REFUSED,
  ADMIN_CONFIRMATION,
  APP_SECRET_FROZEN,
  APP_SECRET_REFUSED,
} from '../wechat/issue-refusals.ts';
import type { RefreshFailure } from './failure.ts';
import type { TickOutcome } from './tick.ts';
import type { RefreshReason } from './token-store.ts';

/** Where refreshes are reported. */
export interface RefreshReporters {
  readonly log: Log;
  readonly metrics: Metrics;
}

/** One refresh of one account. */
export interface EndedRefresh {
  readonly account: string;
  readonly reason: RefreshReason;
  readonly outcome: TickOutcome;
}

const METRIC_OF_ERRCODE: ReadonlyMap<number, MetricName> = new Map([
  [ADDRESS_REFUSED, 'EgressAddressRefused'],
  [APP_SECRET_FROZEN, 'AppSecretUnusable'],
  ...APP_SECRET_REFUSED.map((errcode) => [errcode, 'AppSecretUnusable'] as const),
  ...ADMIN_CONFIRMATION.map((errcode) => [errcode, 'AdminConfirmationNeeded'] as const),
]);

/**
 * One log line and the metrics of one refresh. What keeps WeChat from issuing is counted also while the refresh cools down after it: it lasts, and so
 * shall its alarm.
 */
export function reportRefresh({ log, metrics }: RefreshReporters, { account, reason, outcome }: EndedRefresh): void {
  const record = { event: 'refresh', account, reason: reason.kind, outcome: outcome.kind };
  switch (outcome.kind) {
    case 'committed': {
      const { fingerprint, expiresAt, forced } = outcome;
      log('INFO', { ...record, fingerprint, expiresAt: new Date(expiresAt).toISOString(), forced });
      const isReplaced = reason.kind === 'refused' && reason.fingerprint !== fingerprint;
      metrics({ RefreshCommitted: 1, ...(isReplaced && { TokensReplacedEarly: 1 }) });
      return;
    }
    case 'failed':
      log('ERROR', { ...record, ...fieldsOf(outcome.failure) });
      metrics({ RefreshFailed: 1, ...causeValue(outcome.failure) });
      return;
    case 'errored':
      log('ERROR', { ...record, error: outcome.error });
      metrics({ RefreshFailed: 1 });
      return;
    case 'cooling':
      log('WARN', { ...record, ...(outcome.failure && fieldsOf(outcome.failure)) });
      if (outcome.failure !== undefined && isLasting(outcome.failure)) metrics(causeValue(outcome.failure));
      return;
    case 'not-allowed':
      log('WARN', { ...record, failureCause: outcome.cause });
      return;
    case 'superseded':
    case 'kept':
    case 'not-needed':
    case 'held':
    case 'unknown-account':
      log('INFO', record);
  }
}

/** What does not pass by itself, and what passes with WeChat's counters. */
function isLasting(failure: RefreshFailure): boolean {
  return failure.class !== 'unavailable';
}

function causeValue(failure: RefreshFailure): Partial<Record<MetricName, number>> {
  const name = metricOf(failure);
  return name === undefined ? {} : { [name]: 1 };
}

/** The metric of a failure's cause; `undefined` for trouble on the way to WeChat, which each failed attempt has counted. */
function metricOf({ class: failureClass, cause, errcode }: RefreshFailure): MetricName | undefined {
  if (failureClass === 'quota') return 'IssueQuotaReached';
  if (cause === 'odd-answer') return 'UpstreamMalformedAnswers';
  if (failureClass === 'unavailable') return undefined;
  // Without an errcode it is the secret that is missing or malformed.
  if (errcode === undefined) return 'AppSecretUnusable';
  return METRIC_OF_ERRCODE.get(errcode) ?? 'IssueRefused';
}

function fieldsOf({ class: failureClass, cause, errcode, rid, egressAddress }: RefreshFailure) {
  return { failureClass, failureCause: cause, errcode, rid, egressAddress };
}

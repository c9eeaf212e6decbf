import type { Clock } from '../clock.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import type { RefreshFailure } from './failure.ts';
import type { TickOutcome } from './tick.ts';

/** Where refreshes are reported. */
export interface RefreshReporters {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Pick<Clock, 'now'>;
}

const ADDRESS_REFUSED_ERRCODE = 40164;

/** One log line and the metrics of one refresh of one account. */
export function reportRefresh({ log, metrics, clock }: RefreshReporters, account: string, outcome: TickOutcome): void {
  const record = { event: 'refresh', account, outcome: outcome.kind };
  switch (outcome.kind) {
    case 'committed': {
      const { fingerprint, expiresAt, forced } = outcome;
      log('INFO', { ...record, fingerprint, expiresAt: new Date(expiresAt).toISOString(), forced });
      metrics({ RefreshCommitted: 1, TokenLife: expiresAt - clock.now() }, { account });
      return;
    }
    case 'failed':
      log('ERROR', { ...record, ...fieldsOf(outcome.failure) });
      metrics(
        { RefreshFailed: 1, ...(outcome.failure.errcode === ADDRESS_REFUSED_ERRCODE && { EgressAddressRefused: 1 }) },
        { account },
      );
      return;
    case 'errored':
      log('ERROR', { ...record, error: outcome.error });
      metrics({ RefreshFailed: 1 }, { account });
      return;
    case 'cooling':
      log('WARN', { ...record, ...(outcome.failure && fieldsOf(outcome.failure)) });
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

function fieldsOf({ class: failureClass, cause, errcode, rid, egressAddress }: RefreshFailure) {
  return { failureClass, failureCause: cause, errcode, rid, egressAddress };
}

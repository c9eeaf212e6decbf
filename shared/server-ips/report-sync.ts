import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import type { ListAnswer, SyncAnswer } from './sync-answer.ts';

/** Where an invocation is reported. */
export interface SyncReporters {
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What somebody should look at. */
const TROUBLE: ReadonlySet<ListAnswer['outcome']> = new Set(['pending', 'refused', 'not-fetched']);

/** One log line per list, firewall and failed announcement; the metrics of an invocation, with zeros, so that alarms never lack data. */
export function reportSync(
  { log, metrics }: SyncReporters,
  answer: SyncAnswer,
  tellingErrors: readonly unknown[],
): void {
  const { lists, firewalls } = answer;
  for (const list of lists) reportList(log, list);
  for (const error of tellingErrors) log('ERROR', { event: 'server-ips-untold', error });
  for (const { firewall, list, outcome } of firewalls) {
    const failed = outcome.outcome === 'failed';
    const cause = failed ? outcome.reason : undefined;
    log(failed ? 'ERROR' : 'INFO', { event: 'firewall', firewall, list, outcome: outcome.outcome, cause });
  }
  const count = (...outcomes: ListAnswer['outcome'][]) =>
    lists.filter(({ outcome }) => outcomes.includes(outcome)).length;
  metrics({
    ServerIpsChecked: count('unchanged', 'changed', 'pending', 'refused', 'busy'),
    // The first version is the beginning and no change.
    ServerIpsChanged: lists.filter(({ outcome, version }) => outcome === 'changed' && version > 1).length,
    ServerIpsPending: count('pending'),
    ServerIpsRefused: count('refused'),
    ServerIpsNotFetched: count('not-fetched'),
    ServerIpsUntold: tellingErrors.length,
    FirewallsFailed: firewalls.filter(({ outcome }) => outcome.outcome === 'failed').length,
  });
}

function reportList(log: Log, answer: ListAnswer): void {
  const { list, outcome, version, account, added, removed, refused, failedAccounts } = answer;
  for (const failed of failedAccounts) {
    log('WARN', { event: 'server-ips-fetch', list, account: failed.account, cause: failed.cause });
  }
  const cause = refused === undefined ? undefined : `${refused.reason}: ${refused.text}`;
  log(TROUBLE.has(outcome) ? 'ERROR' : 'INFO', {
    event: 'server-ips',
    list,
    outcome,
    listVersion: version,
    account,
    added,
    removed,
    cause,
  });
}

import type { FirewallReport } from './apply-to-firewalls.ts';
import type { ApprovalReport } from './approve-pending.ts';
import { differenceBetween } from './difference.ts';
import type { ListVersion } from './list-state.ts';
import { countRanges } from './ranges.ts';
import type { ServerIpList } from './server-ip-list.ts';
import type { ListReport } from './sync-list.ts';

/** What came of one list, as the function answers it: counts, no ranges, so that an answer is always small. */
export interface ListAnswer {
  readonly list: ServerIpList;
  readonly outcome: ListReport['outcome'] | ApprovalReport['outcome'];
  /** Applied; 0 before the first. */
  readonly version: number;
  readonly ranges: number;
  /** The account that the list was last fetched with. */
  readonly account?: string | undefined;
  /** In ranges, with outcome `changed`. */
  readonly added?: number | undefined;
  readonly removed?: number | undefined;
  /** With outcome `pending`: on how many days it was seen. */
  readonly pendingDays?: number | undefined;
  /** With outcome `refused`. */
  readonly refused?: { readonly reason: string; readonly text: string } | undefined;
  readonly failedAccounts: readonly { readonly account: string; readonly cause: string }[];
  /** How many could not be told. */
  readonly untold: number;
}

/** What an invocation of `sync-server-ips` answers. */
export interface SyncAnswer {
  readonly lists: readonly ListAnswer[];
  readonly firewalls: readonly FirewallReport[];
}

/** See {@link ListAnswer}. */
export function listAnswer(report: ListReport | ApprovalReport): ListAnswer {
  const { list, outcome, state, tellingErrors } = report;
  const { applied, pending, refused, checked } = state;
  return {
    list,
    outcome,
    version: applied?.version ?? 0,
    ranges: applied === undefined ? 0 : countRanges(applied.ranges),
    ...(checked && { account: checked.account }),
    ...(outcome === 'changed' && applied && addedAndRemoved(applied)),
    ...(outcome === 'pending' && pending && { pendingDays: pending.days.length }),
    ...(outcome === 'refused' && refused && { refused: { reason: refused.reason, text: refused.text } }),
    failedAccounts: 'failed' in report ? report.failed : [],
    untold: tellingErrors.length,
  };
}

function addedAndRemoved({ previous, ranges }: Pick<ListVersion, 'previous' | 'ranges'>) {
  const { added, removed } = differenceBetween(previous, ranges);
  return { added: countRanges(added), removed: countRanges(removed) };
}

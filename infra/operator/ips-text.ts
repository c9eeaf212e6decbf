import { differenceBetween } from '#shared/server-ips/difference.ts';
import type { ListState, ListVersion } from '#shared/server-ips/list-state.ts';
import { allRanges, countRanges } from '#shared/server-ips/ranges.ts';
import type { ListAnswer, SyncAnswer } from '#shared/server-ips/sync-answer.ts';
import type { CommandResult } from './command-runner.ts';
import type { ChosenDifference } from './ips-difference.ts';
import { durationText, tableText, timeText } from './text-layout.ts';

type NamedState = ListState & { readonly list: string };

const OUTCOMES: Readonly<Record<ListAnswer['outcome'], string>> = {
  unchanged: 'unchanged',
  changed: 'a new version',
  pending: 'pending: more than half of the addresses are gone; "ips diff" shows it, "ips approve" applies it',
  refused: 'refused, the list before stays',
  'not-fetched': 'not fetched with any account, the list before stays',
  busy: 'another sync is at work: try again in a few minutes',
  'nothing-pending': 'not applied: WeChat gave another list meanwhile, or it is applied already',
};
const FAILED: ReadonlySet<ListAnswer['outcome']> = new Set(['refused', 'not-fetched', 'busy', 'nothing-pending']);

/** How the lists stand; `whole` adds every range. */
export function listsText(states: readonly NamedState[], now: number, whole: boolean): string {
  const rows = states.map(({ list, applied, checked, pending, refused }) => [
    list,
    applied === undefined ? '-' : String(applied.version),
    applied === undefined ? '0' : String(countRanges(applied.ranges)),
    applied === undefined ? 'never' : timeText(applied.at),
    checked === undefined ? 'never' : `${durationText(now - checked.at)} ago with ${checked.account}`,
    [
      pending && `pending since ${timeText(pending.since)}, seen on ${pending.days.length} of 3 days`,
      refused && `last one refused, ${refused.reason}: ${refused.text}`,
    ]
      .filter((text) => text !== undefined)
      .join('; '),
  ]);
  const table = tableText(['LIST', 'VERSION', 'RANGES', 'APPLIED', 'CHECKED', 'TROUBLE'], rows, '');
  const ranges = whole ? states.flatMap(({ applied }) => (applied === undefined ? [] : allRanges(applied.ranges))) : [];
  return [table, ...ranges].join('\n');
}

/** What a difference adds and removes, one range a line. */
export function differenceText({ from, to, added, removed }: ChosenDifference): string {
  const lines = [...allRanges(added).map((range) => `+ ${range}`), ...allRanges(removed).map((range) => `- ${range}`)];
  const heading = `From version ${from} to ${to === 'pending' ? 'the pending list' : `version ${to}`}:`;
  return [heading, ...(lines.length === 0 ? ['no difference'] : lines)].join('\n');
}

/** A version with what it changed. */
export function versionJson({ version, at, account, reason, ranges, previous }: ListVersion) {
  const { added, removed } = differenceBetween(previous, ranges);
  return {
    version,
    appliedAt: new Date(at).toISOString(),
    account,
    reason,
    ranges: countRanges(ranges),
    added,
    removed,
  };
}

/** The versions, one a line. */
export function historyText(versions: readonly ListVersion[]): string {
  const rows = versions
    .map(versionJson)
    .map(({ version, appliedAt, account, reason, ranges, added, removed }) => [
      String(version),
      timeText(Date.parse(appliedAt)),
      String(ranges),
      `+${countRanges(added)} -${countRanges(removed)}`,
      account,
      reason,
    ]);
  const headings = ['VERSION', 'APPLIED', 'RANGES', 'CHANGE', 'ACCOUNT', 'WHY'];
  return tableText(headings, rows, 'There is no version yet: "ips sync" fetches the lists.');
}

/** What a sync or an approval came to; failed when a list was not to be had or applied, or somebody does not know of it yet. */
export function syncResult(answer: SyncAnswer): CommandResult {
  const lists = answer.lists.map((list) => [list.list, listText(list)].join(': '));
  const firewalls = answer.firewalls.map(
    ({ firewall, list, outcome }) =>
      `${firewall} (${list}): ${outcome.outcome === 'failed' ? `failed, ${outcome.reason}` : outcome.outcome}`,
  );
  const failed =
    answer.lists.some(({ outcome, untold }) => FAILED.has(outcome) || untold > 0) ||
    answer.firewalls.some(({ outcome }) => outcome.outcome === 'failed');
  return { json: answer, text: [...lists, ...firewalls].join('\n'), failed };
}

function listText({ outcome, version, account, added, removed, refused, failedAccounts, untold }: ListAnswer): string {
  const parts = [
    `${OUTCOMES[outcome]}, version ${version}`,
    outcome === 'changed' && `+${added ?? 0} -${removed ?? 0} ranges`,
    account !== undefined && `fetched with ${account}`,
    refused !== undefined && `${refused.reason}: ${refused.text}`,
    failedAccounts.length > 0 && failedAccounts.map((failed) => `${failed.account}: ${failed.cause}`).join(', '),
    untold > 0 && 'not everybody was told; the next sync does',
  ];
  return parts.filter((part) => part !== false).join('; ');
}

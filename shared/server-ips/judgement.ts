import { quotaDay } from '../wechat/quota-day.ts';
import { addressSetOfRanges, type Family } from './cidr.ts';
import { countAddresses, subtract } from './intervals.ts';
import type { ListState, PendingList, VersionReason } from './list-state.ts';
import { type Ranges, textOfRanges } from './ranges.ts';

/** What to do with a usable list that WeChat gave. */
export type Verdict =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'apply'; readonly ranges: Ranges; readonly reason: VersionReason }
  | { readonly kind: 'pending'; readonly pending: PendingList };

/** Once, and two more times. */
const DAYS_TO_CONFIRM = 3;

/**
 * Judges a list before it is applied. More than half of the addresses of a family gone at once: it waits, until it was seen on three different days in
 * UTC+8 without another usable list between them. Each family is judged by itself, because one IPv6 range outnumbers all of IPv4.
 */
export function judge(
  { applied, pending }: Pick<ListState, 'applied' | 'pending'>,
  ranges: Ranges,
  account: string,
  now: number,
): Verdict {
  if (applied === undefined) return { kind: 'apply', ranges, reason: 'first' };
  if (isSame(applied.ranges, ranges)) return { kind: 'unchanged' };
  if (!lostMoreThanHalf(applied.ranges, ranges)) return { kind: 'apply', ranges, reason: 'observed' };
  const today = quotaDay(now);
  if (pending === undefined || !isSame(pending.ranges, ranges)) {
    return { kind: 'pending', pending: { ranges, since: now, days: [today], account } };
  }
  const days = today > (pending.days.at(-1) ?? '') ? [...pending.days, today] : pending.days;
  if (days.length >= DAYS_TO_CONFIRM) return { kind: 'apply', ranges, reason: 'confirmed' };
  return { kind: 'pending', pending: { ...pending, days } };
}

function isSame(one: Ranges, other: Ranges): boolean {
  return textOfRanges(one) === textOfRanges(other);
}

function lostMoreThanHalf(before: Ranges, after: Ranges): boolean {
  const [old, now] = [addressSetOfRanges(before), addressSetOfRanges(after)];
  const lost = (family: Family) =>
    2n * countAddresses(subtract(old[family], now[family])) > countAddresses(old[family]);
  return lost('v4') || lost('v6');
}

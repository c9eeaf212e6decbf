import type { UnusableReason } from './observation.ts';
import type { Ranges } from './ranges.ts';

/** Why a version came to be: seen for the first time, seen, seen on three days, or approved by an operator. */
export type VersionReason = 'first' | 'observed' | 'confirmed' | 'approved';

/** One version of a list. Times are epoch milliseconds. */
export interface ListVersion {
  /** 1 for the first; +1 per change. */
  readonly version: number;
  readonly ranges: Ranges;
  /** What was applied before; empty before the first version. */
  readonly previous: Ranges;
  /** When it was applied. */
  readonly at: number;
  /** The app ID of the account that it was fetched with. */
  readonly account: string;
  readonly reason: VersionReason;
}

/** A list that lost more than half of its addresses and waits beside the applied one. */
export interface PendingList {
  readonly ranges: Ranges;
  /** When it was first seen, epoch milliseconds: names it. */
  readonly since: number;
  /** The days in UTC+8 (`YYYYMMDD`) on which it was seen, ascending. */
  readonly days: readonly string[];
  readonly account: string;
}

/** A list that was seen last and is never applied by itself. */
export interface RefusedList {
  readonly reason: UnusableReason;
  /** The offending entry, at most 64 characters. */
  readonly text: string;
  readonly at: number;
  readonly account: string;
}

/** Everything stored of one list but its history. */
export interface ListState {
  /** What is served and in the firewalls; `undefined` before the first usable list. */
  readonly applied: ListVersion | undefined;
  /** While the applied version is not yet in the history or not yet told: nobody else tells it before this time. */
  readonly tellingUntil: number | undefined;
  readonly pending: PendingList | undefined;
  /** `undefined` once a usable list was seen. */
  readonly refused: RefusedList | undefined;
  /** When WeChat last gave the list, and to which account. */
  readonly checked: { readonly at: number; readonly account: string } | undefined;
}

/** What is stored of a list before anything was fetched. */
export const NOTHING_YET: ListState = {
  applied: undefined,
  tellingUntil: undefined,
  pending: undefined,
  refused: undefined,
  checked: undefined,
};

import { nextQuotaDayStart, quotaDay } from '../wechat/quota-day.ts';
import { CLOCKS_DIFFER_BY_MS } from './lease-rules.ts';

/**
 * How a refresh failed, by what to do about it: `unavailable` passes by itself, `quota` waits for WeChat's counters, `rejected` needs an
 * operator.
 */
export type FailureClass = 'unavailable' | 'quota' | 'rejected';

/** Why one refresh failed. Holds nothing of a secret or token: safe to store, log and show. */
export interface RefreshFailure {
  readonly class: FailureClass;
  /** What was seen: `errcode`, an upstream failure kind, or a name of ours such as `odd-answer`. */
  readonly cause: string;
  readonly errcode?: number | undefined;
  /** WeChat's request id, when its text had one. */
  readonly rid?: string | undefined;
  /** The address that WeChat saw, when it refused it: the one to enter in the allow-list. */
  readonly egressAddress?: string | undefined;
  /** The version of the app secret that was used; a later one lifts the cooldown of class `rejected`. */
  readonly secretVersion?: string | undefined;
}

/** Our own cap on the day's issues is reached; the stored token is served to its end. */
export const ISSUES_USED_UP: RefreshFailure = { class: 'quota', cause: 'issues-used-up' };

/** A failure as it is stored, with how many of its class came in a row. */
export interface RecordedFailure extends RefreshFailure {
  readonly at: number;
  /** Since the last commit; 0 once a commit has followed. */
  readonly count: number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 40_000;
const MINUTE_MS = 60_000;
const REJECTED_PAUSE_MS = 5 * MINUTE_MS;
const ADDRESS_BLOCK_PAUSE_MS = 60 * MINUTE_MS;
/** The administrator rejected our address: blocked for a day or an hour (the errcodes of getStableAccessToken's page). */
const ADDRESS_BLOCK_ERRCODES: ReadonlySet<number | undefined> = new Set([89506, 89507]);

/** How many failures of this class have now come in a row; those of quotas in one quota day, because the next one starts anew. */
export function countInARow(previous: RecordedFailure | undefined, failure: RefreshFailure, now: number): number {
  if (previous?.class !== failure.class) return 1;
  if (failure.class === 'quota' && quotaDay(previous.at) !== quotaDay(now)) return 1;
  return previous.count + 1;
}

/**
 * When the cooldown after a failure ends, epoch milliseconds.
 * @param count how many failures of this class came in a row, this one included
 * @param random in [0, 1)
 */
export function cooldownEnd(failure: RefreshFailure, count: number, now: number, random: number): number {
  switch (failure.class) {
    case 'unavailable': {
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(count - 1, 10));
      return now + Math.ceil(pause / 2 + (random * pause) / 2);
    }
    case 'quota':
      // WeChat's clock may be behind ours: asked in what is still the same minute there, it would seem to mean the day.
      return (
        CLOCKS_DIFFER_BY_MS + (count === 1 ? (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS : nextQuotaDayStart(now))
      );
    case 'rejected':
      return now + (ADDRESS_BLOCK_ERRCODES.has(failure.errcode) ? ADDRESS_BLOCK_PAUSE_MS : REJECTED_PAUSE_MS);
  }
}

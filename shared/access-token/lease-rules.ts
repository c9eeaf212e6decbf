import type { TokenMode } from './access-token.ts';

/**
 * The time line of one refresh; every later step fits inside the lease of the step before it:
 *
 *     acquire ... probe (1.5 s) ... extend ... issue (4 s in all) ... commit
 *     |<---------- lease 6.5 s ---->|<------- lease 6.5 s ------------>|
 *
 * An issue call is over 2 s before the end of its lease, for the next holder's clock may be ahead.
 */
export const LEASE_DURATION_MS = 6_500;

/** No two clocks are further apart. Issues closer together than this count as overlapping. */
export const CLOCKS_DIFFER_BY_MS = 2_000;

/** One issue call, connecting included. An answer that arrives later is not used: nobody can say when WeChat made it. */
export const ISSUE_DEADLINE_MS = 4_000;

/** One probe, connecting included. */
export const PROBE_DEADLINE_MS = 1_500;

/** Inside its last five minutes stable mode hands out the next token while the old one still works; half a minute is kept for clocks. */
export const STABLE_DUE_BEFORE_END_MS = 270_000;

/** WeChat's own advice for classic tokens: refresh every hour or so (doc/oplatform/developers/dev/AccessToken.html). */
export const CLASSIC_DUE_BEFORE_END_MS = 3_600_000;

/** How long old and new token both work after an issue (doc/oplatform/developers/dev/AccessToken.html). */
export const OVERLAP_MS = 300_000;

/** When a suspect token is probed: only once nothing can be overlapping does a working token prove anything. */
export const SUSPECT_PROBE_AFTER_MS = OVERLAP_MS + 30_000;

/** A probe that found the token working is believed for this long, whatever single endpoints say. */
export const PROVEN_FOR_MS = 60_000;

/** WeChat ignores forced issues that are closer together (doc/service/api/base/api_getstableaccesstoken). */
export const FORCED_SPACING_MS = 30_000;

/** Forced issues that healing may spend per quota day; WeChat allows 20, the rest is for operators. */
export const FORCED_PER_DAY = 10;

/** Forced issues per quota day when an operator asks: all that WeChat allows (doc/service/api/base/api_getstableaccesstoken). */
export const FORCED_PER_DAY_FOR_OPERATORS = 20;

/** Issues per quota day that refreshing leaves for operators. */
export const ISSUES_KEPT_FOR_OPERATORS = 50;

/** Issues that refreshing may spend per quota day in either mode; WeChat allows 2,000 classic ones, 200 for a test account. */
export function issuesPerDay(testAccount: boolean): number {
  return testAccount ? 100 : 1_000;
}

/** When a token that has just been committed is next due, epoch milliseconds. */
export function nextDueAt(
  token: { readonly mode: TokenMode; readonly receivedAt: number; readonly expiresAt: number },
  sameAgain: boolean,
): number {
  const halfLife = Math.floor(token.receivedAt + (token.expiresAt - token.receivedAt) / 2);
  // WeChat only promises two hours at most: a token that lives for one must not be due again as soon as it is stored.
  if (token.mode === 'classic') return Math.max(token.expiresAt - CLASSIC_DUE_BEFORE_END_MS, halfLife);
  const window = token.expiresAt - STABLE_DUE_BEFORE_END_MS;
  // The early warning: the same token comes back, but a frozen secret or a lost allow-list entry shows an hour ahead.
  return sameAgain ? window : Math.min(halfLife, window);
}

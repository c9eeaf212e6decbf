import type { Account } from '../account/account.ts';
import { nextQuotaDayStart, quotaDay } from '../wechat/quota-day.ts';
import {
  FORCED_PER_DAY_FOR_OPERATORS,
  FORCED_SPACING_MS,
  ISSUES_KEPT_FOR_OPERATORS,
  issuesPerDay,
} from './lease-rules.ts';
import { liveLease, type TokenState } from './token-state.ts';
import type { CountedIssue, RefreshReason } from './token-store.ts';

/** Why an operator's issue has to wait, and until when, epoch milliseconds. */
export interface QuotaReached {
  readonly cause: 'issues-used-up' | 'forced-too-soon' | 'forced-issues-used-up';
  readonly retryAt: number;
}

/** Whether an operator asks, whom neither due times nor cooldowns hold up. */
export function isByOperator({ kind }: RefreshReason): boolean {
  return kind === 'operator' || kind === 'leaked';
}

/** What an issue for this reason counts as, and against which caps. Classic mode knows no forced issue: each one is new. */
export function countedIssueFor(account: Pick<Account, 'mode' | 'testAccount'>, reason: RefreshReason): CountedIssue {
  const cap = issuesPerDay(account.testAccount);
  if (!isByOperator(reason)) return { cap, forced: false };
  const forced = reason.kind === 'leaked' && account.mode === 'stable';
  return { cap: cap + ISSUES_KEPT_FOR_OPERATORS, forced, ...(forced && { forcedCap: FORCED_PER_DAY_FOR_OPERATORS }) };
}

/**
 * Why the acquiring write for an operator was refused: a quota, when nothing else can have been the reason.
 * @param version the one that the write asked for
 * @param state as the write found it
 */
export function quotaReached(
  { cap, forced }: CountedIssue,
  version: number,
  state: TokenState | undefined,
  now: number,
): QuotaReached | undefined {
  if (state === undefined || state.disabled || state.version !== version || liveLease(state, now)) return undefined;
  if ((state.issued[quotaDay(now)] ?? 0) >= cap) return { cause: 'issues-used-up', retryAt: nextQuotaDayStart(now) };
  if (!forced) return undefined;
  const allowedAt = (state.lastForcedAt ?? 0) + FORCED_SPACING_MS;
  if (now < allowedAt) return { cause: 'forced-too-soon', retryAt: allowedAt };
  return { cause: 'forced-issues-used-up', retryAt: nextQuotaDayStart(now) };
}

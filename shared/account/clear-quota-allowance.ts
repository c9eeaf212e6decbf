/** What a clear sets back: all counters of an account, or one endpoint's. */
export type ClearKind = 'all' | 'endpoint';

/**
 * How often a month WeChat lets an account clear its quotas: all of them, by token, by app secret and in the console together
 * (doc/service/openApi/clear_quota.html), and one endpoint's (doc/subscription/api/apimanage/api_clearapiquota).
 */
export const CLEARS_PER_MONTH: Readonly<Record<ClearKind, number>> = { all: 10, endpoint: 50 };

/** What the gateway's callers and operators together have left of an account's clears. Every method throws the table's error when it does not answer. */
export interface ClearQuotaAllowances {
  /**
   * Takes one clear out of the allowance of the month in UTC+8 that `now` is in, which every account has for itself.
   * @param now epoch milliseconds
   * @returns `undefined` when the month's {@link CLEARS_PER_MONTH} are used up
   */
  take(appId: string, kind: ClearKind, now: number): Promise<TakenClear | undefined>;
  /** Gives a clear back that WeChat did not carry out; again changes nothing. */
  giveBack(clear: TakenClear): Promise<void>;
  /** How many clears the month that `now` is in has left, as far as the gateway knows: those made in the console are WeChat's secret. */
  left(appId: string, now: number): Promise<Readonly<Record<ClearKind, number>>>;
}

/** One clear of a month's allowance. */
export interface TakenClear {
  readonly appId: string;
  readonly kind: ClearKind;
  /** `yyyymm` in UTC+8. */
  readonly month: string;
  readonly id: string;
}

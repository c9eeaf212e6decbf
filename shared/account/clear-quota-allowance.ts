/** How often a month WeChat lets an account clear its quotas, by token, by app secret and in the console together (doc/service/openApi/clear_quota.html). */
export const CLEARS_PER_MONTH = 10;

/** What the gateway's callers together have left of an account's clears. Every method throws the table's error when it does not answer. */
export interface ClearQuotaAllowances {
  /**
   * Takes one clear out of the allowance of the month in UTC+8 that `now` is in, which every account has for itself.
   * @param now epoch milliseconds
   * @returns `undefined` when the month's {@link CLEARS_PER_MONTH} are used up
   */
  take(appId: string, now: number): Promise<TakenClear | undefined>;
  /** Gives a clear back that WeChat did not carry out; again changes nothing. */
  giveBack(clear: TakenClear): Promise<void>;
}

/** One clear of a month's allowance. */
export interface TakenClear {
  readonly appId: string;
  /** `yyyymm` in UTC+8. */
  readonly month: string;
  readonly id: string;
}

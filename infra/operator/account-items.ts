import type { QuotaRule } from '#shared/quota/quota-rule.ts';

/** What operators alone do to the items of accounts. Every method throws the table's error when it does not answer. */
export interface AccountItems {
  /** The app IDs of all accounts, sorted. */
  list(): Promise<readonly string[]>;
  /** From now on the account is neither refreshed nor served. Again it changes nothing; `false` for an account that nobody added. */
  disable(appId: string, now: number): Promise<boolean>;
  /** Ends {@link disable}; due as before, which after a while is at once. */
  enable(appId: string): Promise<boolean>;
  /** Stores a rule in place of any for the same endpoint; `false` for an account that nobody added. */
  setQuotaRule(appId: string, rule: QuotaRule): Promise<boolean>;
  /** Deletes the rule of an endpoint. Again it changes nothing. */
  unsetQuotaRule(appId: string, endpoint: string): Promise<boolean>;
  /** Deletes everything that is kept about the account, what lets it be found last: what was cut off half-way can be repeated. */
  remove(appId: string): Promise<void>;
}

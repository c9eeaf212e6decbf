import type { RidLookUp } from '#shared/diagnosis/look-up-rid.ts';
import type { ClearOutcome } from '#shared/quota/clear-quotas.ts';
import type { AccountLearning } from '#shared/quota/learn-quotas.ts';

/** How operators speak with WeChat about quotas and requests: by the function, which has the egress address and the account's token. */
export interface QuotaFunction {
  /**
   * Runs `sync-quotas` for the endpoints that an account called today and waits for its end; once, never repeated.
   * @throws {OperatorFailure} when the function failed, and the client's error when it could not be run
   */
  learn(appId: string): Promise<AccountLearning>;
  /** Has all daily counters of an account set back, or one endpoint's, counted against the month's allowance. Throws likewise. */
  clear(appId: string, endpoint: string | undefined): Promise<ClearOutcome>;
  /** Has a request of the account's looked up. Throws likewise. */
  lookUpRid(appId: string, rid: string): Promise<RidLookUp>;
}

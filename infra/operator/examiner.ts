import type { AccountExamination, UpstreamExamination } from '#shared/diagnosis/examination.ts';

/** How operators have things looked at by the function that makes the calls: this machine has neither its address nor the app secrets. */
export interface Examiner {
  /**
   * Has WeChat's hosts looked at; costs no quota.
   * @throws {OperatorFailure} when the function failed, and the client's error when it could not be run
   */
  upstream(): Promise<UpstreamExamination>;
  /** Has one account looked at; costs one issue of those kept for operators. Throws likewise. */
  account(appId: string): Promise<AccountExamination>;
}

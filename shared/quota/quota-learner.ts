/** How the proxy, which forwards calls and makes none of its own, has a quota learnt. */
export interface QuotaLearner {
  /**
   * Has `sync-quotas` ask WeChat for the quota of one endpoint; does not wait for what comes of it, which the table will say.
   * @throws when the function could not be started
   */
  learn(appId: string, endpoint: string): Promise<void>;
}

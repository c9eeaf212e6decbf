/** What `openapi/quota/get` said of one endpoint (doc/service/api/apimanage/api_getapiquota). */
export interface LearntQuota {
  /** Calls a day. */
  readonly dailyLimit: number;
  /** What WeChat had counted, whoever called. */
  readonly used: number;
  /** What the gateway had counted at the same moment; the difference is other systems'. */
  readonly counted: number;
  /** When WeChat said so, epoch milliseconds. */
  readonly at: number;
  /** Besides the day's quota so many calls in so many seconds; absent where WeChat named no such limit. */
  readonly rateLimit?: RateLimit | undefined;
}

/** A limit of calls within a short time. */
export interface RateLimit {
  readonly calls: number;
  readonly seconds: number;
}

/** What is known of one account's quotas from WeChat itself. */
export interface LearntQuotas {
  /** The latest word by endpoint, as `endpointName` gives it. */
  readonly quotas: ReadonlyMap<string, LearntQuota>;
  /** When all counters were last set back through the gateway, epoch milliseconds. */
  readonly clearedAt: number | undefined;
  /** The same by endpoint, for those that were cleared alone. */
  readonly clearedEndpoints: ReadonlyMap<string, number>;
}

/** Of an account that WeChat has not been asked about. */
export const NOTHING_LEARNT: LearntQuotas = { quotas: new Map(), clearedAt: undefined, clearedEndpoints: new Map() };

/** Where that is kept. Every method throws the table's error when it does not answer. */
export interface LearntQuotaStore {
  /** As last stored; empty for an account that nothing is known of. */
  read(appId: string): Promise<LearntQuotas>;
  /** Stores WeChat's word in place of an earlier one; an older one changes nothing. */
  learn(appId: string, endpoint: string, quota: LearntQuota): Promise<void>;
  /**
   * Stores that an account's counters began anew at `now`, of one endpoint or of all: environments then begin to count anew too, within a minute.
   */
  markCleared(appId: string, endpoint: string | undefined, now: number): Promise<void>;
}

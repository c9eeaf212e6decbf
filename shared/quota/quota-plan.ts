import type { Account } from '../account/account.ts';
import { documentedQuota } from '../wechat/endpoint-quotas.ts';
import { quotaDay } from '../wechat/quota-day.ts';
import type { LearntQuotas } from './learnt-quotas.ts';
import { EVERY_ENDPOINT, type QuotaRule } from './quota-rule.ts';

/** All that is known of one account's quotas and of how they are shared. */
export interface QuotaPlan extends LearntQuotas {
  /** What the operator entered; by endpoint or {@link EVERY_ENDPOINT}. */
  readonly rules: ReadonlyMap<string, QuotaRule>;
  readonly testAccount: boolean;
}

/** An endpoint's daily quota, and who says so. */
export interface KnownQuota {
  /** Calls a day. */
  readonly calls: number;
  readonly source: 'operator' | 'wechat' | 'documentation';
}

/** The plan of an account as it was entered, or of one that nobody entered. */
export function quotaPlan(
  account: Pick<Account, 'testAccount' | 'quotaRules'> | undefined,
  learnt: LearntQuotas,
): QuotaPlan {
  const rules = account?.quotaRules ?? [];
  return {
    ...learnt,
    rules: new Map(rules.map((rule) => [rule.endpoint, rule])),
    testAccount: account?.testAccount ?? false,
  };
}

/** An endpoint's quota: what the operator entered, else what WeChat told last, else what it documents; `undefined` where nobody knows. */
export function knownQuota(plan: QuotaPlan, endpoint: string): KnownQuota | undefined {
  const entered = plan.rules.get(endpoint)?.calls;
  if (entered !== undefined) return { calls: entered, source: 'operator' };
  const learnt = plan.quotas.get(endpoint);
  if (learnt !== undefined) return { calls: learnt.dailyLimit, source: 'wechat' };
  const documented = documentedQuota(endpoint);
  if (documented === undefined) return undefined;
  const { newAccount, testAccount } = documented;
  // What a test account does not have has no figure there either.
  if (!plan.testAccount) return { calls: newAccount, source: 'documentation' };
  return testAccount === undefined ? undefined : { calls: testAccount, source: 'documentation' };
}

/** By which rule an endpoint is shared, if it is. */
export function ruleOf({ rules }: QuotaPlan, endpoint: string): QuotaRule | undefined {
  return rules.get(endpoint) ?? rules.get(EVERY_ENDPOINT);
}

/** Calls of other systems that WeChat has told of today; 0 when it has told nothing since the counters began. */
export function callsOfOthers(plan: QuotaPlan, endpoint: string, now: number): number {
  const learnt = plan.quotas.get(endpoint);
  if (learnt === undefined || quotaDay(learnt.at) !== quotaDay(now)) return 0;
  if (learnt.at < (clearedToday(plan, endpoint, now) ?? 0)) return 0;
  return Math.max(0, learnt.used - learnt.counted);
}

/** When the endpoint's counter was last set back today, epoch milliseconds; `undefined` when it has counted since midnight (UTC+8). */
export function clearedToday(
  { clearedAt = 0, clearedEndpoints }: Pick<LearntQuotas, 'clearedAt' | 'clearedEndpoints'>,
  endpoint: string,
  now: number,
): number | undefined {
  const last = Math.max(clearedAt, clearedEndpoints.get(endpoint) ?? 0);
  return last > 0 && quotaDay(last) === quotaDay(now) ? last : undefined;
}

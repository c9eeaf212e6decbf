import type { AccountCallDependencies } from '../access-token/call-as-account.ts';
import { postAsAccount } from '../access-token/post-as-account.ts';
import type { LearntQuota, RateLimit } from './learnt-quotas.ts';

/**
 * WeChat's word on an endpoint's quota. `refused`: it has none to tell; `failed`: nobody can say, and another endpoint would fare no better.
 */
export type QuotaWord =
  | { readonly kind: 'told'; readonly quota: Omit<LearntQuota, 'counted' | 'at'> }
  | { readonly kind: 'refused'; readonly errcode: number }
  | { readonly kind: 'failed'; readonly cause: string };

const PATH = '/cgi-bin/openapi/quota/get';
/** The path is written wrongly, WeChat does not have it, the account does not have it (doc/service/api/apimanage/api_getapiquota). */
const ABOUT_THE_PATH: ReadonlySet<number> = new Set([76003, 76021, 76022]);

/** Asks for the quota of one endpoint. @throws the table's error when it does not answer */
export async function askQuota(
  dependencies: AccountCallDependencies,
  appId: string,
  endpoint: string,
): Promise<QuotaWord> {
  const outcome = await postAsAccount(dependencies, appId, PATH, { cgi_path: endpoint });
  if (outcome.kind === 'failed') return { kind: 'failed', cause: outcome.cause };
  const errcode = outcome.said?.errcode ?? 0;
  if (ABOUT_THE_PATH.has(errcode)) return { kind: 'refused', errcode };
  if (errcode !== 0) return { kind: 'failed', cause: `errcode ${errcode}` };
  const { daily_limit: dailyLimit, used } = recordOf(outcome.content['quota']);
  if (!isCount(dailyLimit) || !isCount(used)) return { kind: 'failed', cause: 'odd-answer' };
  // A limit of 0 is none that a call could be shared by.
  if (dailyLimit === 0) return { kind: 'refused', errcode: 0 };
  return { kind: 'told', quota: { dailyLimit, used, rateLimit: rateLimitIn(recordOf(outcome.content['rate_limit'])) } };
}

function rateLimitIn({ call_count: calls, refresh_second: seconds }: Record<string, unknown>): RateLimit | undefined {
  return isCount(calls) && isCount(seconds) && calls > 0 && seconds > 0 ? { calls, seconds } : undefined;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

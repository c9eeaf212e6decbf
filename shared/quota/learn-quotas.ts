import type { AccountCallDependencies } from '../access-token/call-as-account.ts';
import { callsByEndpoint, type DayUsage, OTHER } from '../usage/day-usage.ts';
import { readUsage } from '../usage/read-usage.ts';
import type { UsageStore } from '../usage/usage-store.ts';
import { quotaDay } from '../wechat/quota-day.ts';
import { askQuota, type QuotaWord } from './ask-quota.ts';
import type { LearntQuota, LearntQuotaStore } from './learnt-quotas.ts';
import { callsCounted } from './quota-use.ts';

/** What learning needs; one set per environment. */
export interface LearningDependencies extends AccountCallDependencies {
  readonly usageStore: Pick<UsageStore, 'sum' | 'keptSum' | 'keepSum'>;
  readonly learntQuotas: Pick<LearntQuotaStore, 'read' | 'learn'>;
}

/** What came of asking for one endpoint. */
export type EndpointLearning = { readonly endpoint: string } & (
  | { readonly outcome: 'learnt'; readonly quota: LearntQuota }
  | { readonly outcome: 'without-quota'; readonly errcode: number }
  | { readonly outcome: 'failed'; readonly cause: string }
);

/** What came of asking for an account's quotas. */
export interface AccountLearning {
  readonly appId: string;
  /** Those that were asked for; the last is `failed` where asking ended early. */
  readonly endpoints: readonly EndpointLearning[];
  /** How many more endpoints were called: beyond the most that is asked for, or after one failed. */
  readonly notAsked: number;
}

/** Asking has a quota too, which nobody documents: an account's busiest endpoints, and no more. */
const MOST_ENDPOINTS = 30;
/** Cannot be asked for (doc/service/api/apimanage/api_getapiquota), or are not the account's own. */
const UNASKABLE = ['/sns/', '/cgi-bin/component/'] as const;

/** Learns the quotas of the endpoints that were called in the last `days`, today among them: {@link learnEndpoints}, the busiest first. */
export async function learnUsedEndpoints(
  dependencies: LearningDependencies,
  appId: string,
  days: number,
): Promise<AccountLearning> {
  const now = dependencies.clock.now();
  const usages = await Promise.all(
    Array.from({ length: days }, (_, day) =>
      readUsage(dependencies.usageStore, appId, quotaDay(now, -day), now).then(({ usage }) => usage),
    ),
  );
  return learnEndpoints(dependencies, appId, busiestFirst(usages));
}

/**
 * Asks WeChat for the quotas of these endpoints, 30 at most and one after another, and stores each with what the gateway had counted. What is not about
 * the endpoint, such as an account without a token, ends the asking.
 * @throws the table's error when it does not answer
 */
export async function learnEndpoints(
  dependencies: LearningDependencies,
  appId: string,
  endpoints: readonly string[],
): Promise<AccountLearning> {
  const askedAt = dependencies.clock.now();
  const words: AskedEndpoint[] = [];
  for (const endpoint of endpoints.slice(0, MOST_ENDPOINTS)) {
    const word = await askQuota(dependencies, appId, endpoint);
    words.push({ endpoint, word });
    if (word.kind === 'failed') break;
  }
  const learnings = words.length === 0 ? [] : await keep(dependencies, appId, words, askedAt);
  return { appId, endpoints: learnings, notAsked: endpoints.length - words.length };
}

interface AskedEndpoint {
  readonly endpoint: string;
  readonly word: QuotaWord;
}

/** Our count is read after the answers: calls that WeChat had counted and no environment had stored would look like somebody else's. */
async function keep(
  { usageStore, learntQuotas }: LearningDependencies,
  appId: string,
  words: readonly AskedEndpoint[],
  at: number,
): Promise<readonly EndpointLearning[]> {
  const [{ usage }, learnt] = await Promise.all([usageStore.sum(appId, quotaDay(at)), learntQuotas.read(appId)]);
  const learnings: EndpointLearning[] = [];
  for (const { endpoint, word } of words) {
    if (word.kind === 'told') {
      const quota = { ...word.quota, counted: callsCounted(usage, learnt, endpoint, at), at };
      await learntQuotas.learn(appId, endpoint, quota);
      learnings.push({ endpoint, outcome: 'learnt', quota });
    } else if (word.kind === 'refused') {
      learnings.push({ endpoint, outcome: 'without-quota', errcode: word.errcode });
    } else {
      learnings.push({ endpoint, outcome: 'failed', cause: word.cause });
    }
  }
  return learnings;
}

function busiestFirst(usages: readonly DayUsage[]): readonly string[] {
  const calls = new Map<string, number>();
  for (const usage of usages) {
    for (const [endpoint, count] of callsByEndpoint(usage)) {
      const isAskable = endpoint !== OTHER && !UNASKABLE.some((start) => endpoint.startsWith(start));
      if (isAskable && count > 0) calls.set(endpoint, (calls.get(endpoint) ?? 0) + count);
    }
  }
  return [...calls].toSorted(([, a], [, b]) => b - a).map(([endpoint]) => endpoint);
}

import type { DayUsage } from '../usage/day-usage.ts';
import { callsByEndpoint, OTHER } from '../usage/day-usage.ts';
import { quotaHour } from '../wechat/quota-day.ts';
import type { LearntQuotas } from './learnt-quotas.ts';
import { callsOfOthers, clearedToday, type KnownQuota, knownQuota, type QuotaPlan } from './quota-plan.ts';

/** How far one endpoint's quota of today is used. */
export interface QuotaUse {
  readonly endpoint: string;
  readonly quota: KnownQuota;
  /** Calls through the gateway since midnight (UTC+8), or since the counters were cleared: then from the beginning of that hour. */
  readonly calls: number;
  /** Calls of other systems that WeChat has told of. */
  readonly others: number;
  /** Of the quota; over 100 when WeChat lets more pass than we know of. */
  readonly usedPercent: number;
}

/** The use of every endpoint that was called today and whose quota is known, the fullest first. */
export function quotaUses(today: DayUsage, plan: QuotaPlan, now: number): readonly QuotaUse[] {
  const uses = [...callsByEndpoint(today).keys()].flatMap((endpoint): QuotaUse[] => {
    const quota = endpoint === OTHER ? undefined : knownQuota(plan, endpoint);
    if (quota === undefined || quota.calls === 0) return [];
    const calls = callsCounted(today, plan, endpoint, now);
    const others = callsOfOthers(plan, endpoint, now);
    return [{ endpoint, quota, calls, others, usedPercent: ((calls + others) / quota.calls) * 100 }];
  });
  return uses.toSorted((a, b) => b.usedPercent - a.usedPercent);
}

/** An endpoint's calls of today as WeChat counts them: see {@link QuotaUse}. */
export function callsCounted(
  today: DayUsage,
  learnt: Pick<LearntQuotas, 'clearedAt' | 'clearedEndpoints'>,
  endpoint: string,
  now: number,
): number {
  const cleared = clearedToday(learnt, endpoint, now);
  if (cleared !== undefined) return callsFromHour(today, endpoint, quotaHour(cleared));
  return callsByEndpoint(today).get(endpoint) ?? 0;
}

function callsFromHour({ hours }: DayUsage, endpoint: string, hour: number): number {
  return Object.entries(hours)
    .filter(([name]) => Number(name) >= hour)
    .reduce((sum, [, { endpoints }]) => sum + (endpoints[endpoint] ?? 0), 0);
}

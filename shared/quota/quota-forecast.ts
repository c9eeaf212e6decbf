import type { DayUsage } from '../usage/day-usage.ts';
import { nextQuotaDayStart, quotaDay, quotaDayStart, quotaHour } from '../wechat/quota-day.ts';
import type { QuotaUse } from './quota-use.ts';

const HOUR_MS = 3_600_000;
/** The first calls after midnight tell nothing yet: they count as those of so much of an hour at least. */
const LEAST_OF_HOUR = 1 / 6;

/** How long an endpoint's quota of today lasts if the calls go on as in the last hour. */
export type QuotaForecast = {
  /** The gateway's in the last 60 minutes, and those of other systems in an hour on average. */
  readonly callsPerHour: number;
} & (
  | { readonly kind: 'lasts' | 'used-up' }
  /** `at`, epoch milliseconds: before the quota day is over. */
  | { readonly kind: 'ends'; readonly at: number }
);

/** Looks ahead from the hourly counts of today, and from what WeChat told of others' calls. */
export function quotaForecast(use: QuotaUse, today: DayUsage, now: number): QuotaForecast {
  const callsPerHour = callsOfLastHour(use.endpoint, today, now) + othersPerHour(use, now);
  const left = use.quota.calls - use.calls - use.others;
  if (left <= 0) return { kind: 'used-up', callsPerHour };
  const at = Math.ceil(now + (left / callsPerHour) * HOUR_MS);
  return at < nextQuotaDayStart(now) ? { kind: 'ends', callsPerHour, at } : { kind: 'lasts', callsPerHour };
}

/** The hour that is running, and of the one before as much as is missing for 60 minutes: after midnight there is none before. */
function callsOfLastHour(endpoint: string, { hours }: DayUsage, now: number): number {
  const hour = quotaHour(now);
  const ofHour = (now % HOUR_MS) / HOUR_MS;
  const calls = (name: number) => hours[String(name)]?.endpoints[endpoint] ?? 0;
  return hour === 0 ? calls(0) / Math.max(LEAST_OF_HOUR, ofHour) : calls(hour) + (1 - ofHour) * calls(hour - 1);
}

/** Since midnight (UTC+8), of which less than an hour counts as one. */
function othersPerHour({ others }: QuotaUse, now: number): number {
  const midnight = quotaDayStart(quotaDay(now)) ?? now;
  return others / Math.max(1, (now - midnight) / HOUR_MS);
}

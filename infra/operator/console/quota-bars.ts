import type { Account } from '#shared/account/account.ts';
import { type QuotaForecast, quotaForecast } from '#shared/quota/quota-forecast.ts';
import { quotaPlan, ruleOf } from '#shared/quota/quota-plan.ts';
import { type QuotaRule, SMALLEST_RESERVE_PERCENT } from '#shared/quota/quota-rule.ts';
import { type QuotaUse, quotaUses } from '#shared/quota/quota-use.ts';
import type { AccountUsage } from './account-usage.ts';

/** The page's bar of one endpoint of one account. */
export type ShownQuota = ReturnType<typeof shownQuota>;

/** How far the quotas of today are used that were touched today, the fullest first. */
export function quotaBars(usages: readonly AccountUsage[], now: number): readonly ShownQuota[] {
  return usages
    .flatMap(({ account, today, learnt }) => {
      const plan = quotaPlan(account, learnt);
      return quotaUses(today, plan, now).map((use) =>
        shownQuota(account, use, ruleOf(plan, use.endpoint), quotaForecast(use, today, now)),
      );
    })
    .toSorted((one, other) => other.usedPercent - one.usedPercent);
}

function shownQuota(
  { appId, displayName }: Account,
  { endpoint, calls, others, quota, usedPercent }: QuotaUse,
  rule: QuotaRule | undefined,
  forecast: QuotaForecast,
) {
  return {
    appId,
    displayName,
    endpoint,
    calls,
    others,
    usedPercent,
    quota: quota.calls,
    source: quota.source,
    /** Up to where every caller may go; `null` where the quota is not shared. */
    sharedPercent: rule === undefined ? null : 100 - (rule.reservePercent ?? SMALLEST_RESERVE_PERCENT),
    forecast: forecast.kind === 'ends' ? { kind: forecast.kind, at: new Date(forecast.at).toISOString() } : forecast,
  };
}

import { type QuotaRule, SMALLEST_RESERVE_PERCENT } from '#shared/quota/quota-rule.ts';

/** A rule in a few words. */
export function quotaRuleText({ endpoint, calls, reservePercent, eachPercent }: QuotaRule): string {
  const texts = [
    calls === undefined ? 'quota as known' : `quota ${calls} a day`,
    `reserve ${reservePercent ?? SMALLEST_RESERVE_PERCENT} %`,
    ...(eachPercent === undefined ? [] : [`each caller ${eachPercent} %`]),
  ];
  return `${endpoint}: ${texts.join(', ')}`;
}

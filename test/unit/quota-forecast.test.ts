import { describe, expect, it } from 'vitest';
import { quotaForecast } from '#shared/quota/quota-forecast.ts';
import type { QuotaUse } from '#shared/quota/quota-use.ts';
import type { DayUsage } from '#shared/usage/day-usage.ts';

const USER = '/cgi-bin/user/info';
const HOUR_MS = 3_600_000;
/** Midnight in UTC+8. */
const MIDNIGHT = Date.UTC(2026, 10, 19, 16);
const at = (hours: number) => MIDNIGHT + hours * HOUR_MS;

const day = (callsByHour: Readonly<Record<number, number>>): DayUsage => ({
  rows: [],
  hours: Object.fromEntries(
    Object.entries(callsByHour).map(([hour, calls]) => [
      hour,
      { calls, errors: 0, refused: 0, errcodes: {}, endpoints: { [USER]: calls, '/cgi-bin/menu/get': 999 } },
    ]),
  ),
});
const use = (quota: number, calls: number, others = 0): QuotaUse => ({
  endpoint: USER,
  quota: { calls: quota, source: 'wechat' },
  calls,
  others,
  usedPercent: ((calls + others) / quota) * 100,
});

describe('the forecast of a quota', () => {
  it('goes on from the last 60 minutes: this hour, and of the one before what is missing', () => {
    // 12:15: 30 calls, and three quarters of 40.
    expect(quotaForecast(use(1_000, 850), day({ 3: 780, 11: 40, 12: 30 }), at(12.25))).toEqual({
      kind: 'ends',
      callsPerHour: 60,
      at: at(12.25 + 150 / 60),
    });
  });

  it('lasts when midnight comes first, or nobody calls any more', () => {
    expect(quotaForecast(use(1_000, 280), day({ 11: 60, 12: 0 }), at(12)).kind).toBe('lasts');
    expect(quotaForecast(use(1_000, 279), day({ 11: 60, 12: 0 }), at(12)).kind).toBe('lasts');
    expect(quotaForecast(use(1_000, 281), day({ 11: 60, 12: 0 }), at(12)).kind).toBe('ends');
    expect(quotaForecast(use(1_000, 999), day({ 3: 999 }), at(12))).toEqual({ kind: 'lasts', callsPerHour: 0 });
  });

  it("counts others' calls, spread over the day so far", () => {
    expect(quotaForecast(use(1_000, 500, 480), day({ 3: 500 }), at(12))).toEqual({
      kind: 'ends',
      callsPerHour: 40,
      at: at(12.5),
    });
  });

  it('is over when all is used, by whomever', () => {
    expect(quotaForecast(use(1_000, 600, 400), day({ 12: 600 }), at(12.5)).kind).toBe('used-up');
    expect(quotaForecast(use(1_000, 1_001), day({ 12: 1_001 }), at(12.5)).kind).toBe('used-up');
  });

  it('takes the first calls after midnight for those of ten minutes at least', () => {
    expect(quotaForecast(use(1_000, 10), day({ 0: 10 }), at(1 / 60)).callsPerHour).toBeCloseTo(60);
    expect(quotaForecast(use(1_000, 10), day({ 0: 10 }), at(0.5)).callsPerHour).toBeCloseTo(20);
  });
});

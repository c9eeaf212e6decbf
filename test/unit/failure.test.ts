import { describe, expect, it } from 'vitest';
import { cooldownEnd, countInARow, type RecordedFailure, type RefreshFailure } from '#shared/access-token/failure.ts';

const NOW = Date.UTC(2026, 10, 20, 4, 0, 12, 345);
const DAY_MS = 86_400_000;
const UNAVAILABLE: RefreshFailure = { class: 'unavailable', cause: 'reset' };
const QUOTA: RefreshFailure = { class: 'quota', cause: 'errcode', errcode: 45009 };
const rejected = (errcode: number): RefreshFailure => ({ class: 'rejected', cause: 'errcode', errcode });
const recorded = (failure: RefreshFailure, count: number, at = NOW - 1_000): RecordedFailure => ({
  ...failure,
  count,
  at,
});

describe('how many failures came in a row', () => {
  it('is one for the first, and one more for each of the same class', () => {
    expect(countInARow(undefined, UNAVAILABLE, NOW)).toBe(1);
    expect(countInARow(recorded({ class: 'unavailable', cause: 'connect' }, 3), UNAVAILABLE, NOW)).toBe(4);
  });

  it('is one again after a commit, which leaves a count of 0, and for another class', () => {
    expect(countInARow(recorded(UNAVAILABLE, 0), UNAVAILABLE, NOW)).toBe(1);
    expect(countInARow(recorded(UNAVAILABLE, 5), rejected(40125), NOW)).toBe(1);
  });

  it('begins anew with the quota day for quotas, and for nothing else', () => {
    expect(countInARow(recorded(QUOTA, 1), QUOTA, NOW)).toBe(2);
    expect(countInARow(recorded(QUOTA, 2, NOW - DAY_MS), QUOTA, NOW)).toBe(1);
    expect(countInARow(recorded(UNAVAILABLE, 2, NOW - DAY_MS), UNAVAILABLE, NOW)).toBe(3);
  });
});

describe('the end of a cooldown', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [6, 32_000],
    [7, 40_000],
    [5_000, 40_000],
  ])('after %i passing failures lies between half of %i ms and all of it', (count, pauseMs) => {
    expect(cooldownEnd(UNAVAILABLE, count, NOW, 0)).toBe(NOW + pauseMs / 2);
    expect(cooldownEnd(UNAVAILABLE, count, NOW, 0.5)).toBe(NOW + pauseMs * 0.75);
    expect(cooldownEnd(UNAVAILABLE, count, NOW, 0.999_999)).toBeLessThanOrEqual(NOW + pauseMs);
  });

  it('after the first quota failure is the next minute, with 2 s for a clock that is behind', () => {
    expect(cooldownEnd(QUOTA, 1, NOW, 0)).toBe(Date.UTC(2026, 10, 20, 4, 1, 2));
    expect(cooldownEnd(QUOTA, 1, Date.UTC(2026, 10, 20, 4, 1), 0)).toBe(Date.UTC(2026, 10, 20, 4, 2, 2));
  });

  it('after further quota failures is the next day in UTC+8, with the same 2 s', () => {
    expect(cooldownEnd(QUOTA, 2, NOW, 0)).toBe(Date.UTC(2026, 10, 20, 16, 0, 2));
    expect(cooldownEnd(QUOTA, 2, Date.UTC(2026, 10, 20, 16), 0)).toBe(Date.UTC(2026, 10, 21, 16, 0, 2));
  });

  it.each([40001, 40013, 40125, 40164, 40243, 89501, 89503])('after %i is five minutes away', (errcode) => {
    expect(cooldownEnd(rejected(errcode), 1, NOW, 0)).toBe(NOW + 300_000);
    expect(cooldownEnd(rejected(errcode), 9, NOW, 0)).toBe(NOW + 300_000);
  });

  it.each([89506, 89507])('after %i, a blocked address, is an hour away', (errcode) => {
    expect(cooldownEnd(rejected(errcode), 1, NOW, 0)).toBe(NOW + 3_600_000);
  });
});

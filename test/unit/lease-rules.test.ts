import { describe, expect, it } from 'vitest';
import {
  CLOCKS_DIFFER_BY_MS,
  FORCED_PER_DAY,
  ISSUE_DEADLINE_MS,
  issuesPerDay,
  LEASE_DURATION_MS,
  nextDueAt,
  OVERLAP_MS,
  PROBE_DEADLINE_MS,
  SUSPECT_PROBE_AFTER_MS,
} from '#shared/access-token/lease-rules.ts';

const NOW = Date.UTC(2026, 10, 20, 4);
const received = (lifeMs: number, mode: 'stable' | 'classic') => ({ mode, receivedAt: NOW, expiresAt: NOW + lifeMs });

describe('the times of a refresh', () => {
  it('fit into each other: an issue call ends before any clock sees its lease end', () => {
    expect(ISSUE_DEADLINE_MS + CLOCKS_DIFFER_BY_MS).toBeLessThan(LEASE_DURATION_MS);
    expect(PROBE_DEADLINE_MS + CLOCKS_DIFFER_BY_MS).toBeLessThan(LEASE_DURATION_MS);
    expect(SUSPECT_PROBE_AFTER_MS).toBeGreaterThan(OVERLAP_MS + CLOCKS_DIFFER_BY_MS);
  });

  it('stay far below what WeChat allows in a day', () => {
    expect([issuesPerDay(false), issuesPerDay(true), FORCED_PER_DAY]).toEqual([1_000, 100, 10]);
  });
});

describe('the next due time', () => {
  it('of a new stable token is half of its life away, as an early warning', () => {
    expect(nextDueAt(received(7_200_000, 'stable'), false)).toBe(NOW + 3_600_000);
  });

  it('of a stable token that came again is its last four and a half minutes', () => {
    expect(nextDueAt(received(7_200_000, 'stable'), true)).toBe(NOW + 6_930_000);
    expect(nextDueAt(received(3_600_000, 'stable'), true)).toBe(NOW + 3_330_000);
  });

  it('of a stable token with little life left is that window at once', () => {
    expect(nextDueAt(received(300_000, 'stable'), false)).toBe(NOW + 30_000);
    expect(nextDueAt(received(200_000, 'stable'), false)).toBe(NOW - 70_000);
  });

  it('of a classic token is an hour before its end', () => {
    expect(nextDueAt(received(7_200_000, 'classic'), false)).toBe(NOW + 3_600_000);
  });

  it('of a classic token that lives shorter is half of its life away, so that it does not eat up the quota', () => {
    expect(nextDueAt(received(3_600_000, 'classic'), false)).toBe(NOW + 1_800_000);
    expect(nextDueAt(received(600_000, 'classic'), false)).toBe(NOW + 300_000);
  });

  it('is a whole number of milliseconds', () => {
    expect(nextDueAt(received(7_199_001, 'stable'), false)).toBe(NOW + 3_599_500);
  });
});

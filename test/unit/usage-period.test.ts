import { describe, expect, it } from 'vitest';
import { usagePeriod } from '#shared/own-endpoint/usage-period.ts';

/** Half past midnight on the 21st, in UTC+8. */
const NOW = Date.UTC(2026, 10, 20, 16, 30);

describe('the days that a query for usage asks for', () => {
  it.each<[string, readonly string[]]>([
    ['', ['20261121']],
    ['days=1', ['20261121']],
    ['days=3', ['20261121', '20261120', '20261119']],
    ['date=2026-11-21', ['20261121']],
    ['date=2026-08-18', ['20260818']],
    ['access_token=x', ['20261121']],
  ])('%s: %j', (query, days) => {
    expect(usagePeriod(query, NOW)).toEqual(days);
  });

  it('are at most 31', () => {
    expect(usagePeriod('days=31', NOW)).toHaveLength(31);
  });

  it.each([
    'date=20261120',
    'date=2026-02-28',
    'date=2026-11-31',
    'date=2026-11-22',
    'date=2026-08-17',
    'date=',
    'date=2026-11-20&date=2026-11-19',
    'days=0',
    'days=32',
    'days=1.5',
    'days=x',
    'days=',
    'days=1&days=2',
    'date=2026-11-20&days=1',
  ])('are refused for %s', (query) => {
    expect(() => usagePeriod(query, NOW)).toThrow(expect.objectContaining({ cause: 'malformed-usage-query' }));
  });
});

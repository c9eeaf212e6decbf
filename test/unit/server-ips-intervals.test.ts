import { describe, expect, it } from 'vitest';
import { addressSetOf, rangesOf } from '#shared/server-ips/cidr.ts';
import { type Interval, subtract, union } from '#shared/server-ips/intervals.ts';
import { countRanges, NO_RANGES, textOfRanges } from '#shared/server-ips/ranges.ts';

const interval = (first: number, last: number): Interval => ({ first: BigInt(first), last: BigInt(last) });

describe('a set of addresses', () => {
  it('is written as intervals that neither overlap nor touch, in order', () => {
    expect(union([interval(7, 9), interval(1, 3), interval(4, 5), interval(8, 8), interval(11, 12)])).toEqual([
      interval(1, 5),
      interval(7, 9),
      interval(11, 12),
    ]);
  });

  it('without any address has no ranges', () => {
    expect(rangesOf(addressSetOf([]))).toEqual(NO_RANGES);
    expect([countRanges(NO_RANGES), textOfRanges(NO_RANGES)]).toEqual([0, '']);
  });
});

describe('what is left of 10 to 20', () => {
  it.each([
    ['nothing', [], [[10, 20]]],
    [
      'what lies before and after',
      [
        [1, 9],
        [21, 30],
      ],
      [[10, 20]],
    ],
    ['its first address', [[10, 10]], [[11, 20]]],
    ['its last address', [[20, 20]], [[10, 19]]],
    ['what reaches into its beginning', [[5, 12]], [[13, 20]]],
    ['what reaches out of its end', [[18, 25]], [[10, 17]]],
    [
      'two holes',
      [
        [12, 13],
        [15, 15],
      ],
      [
        [10, 11],
        [14, 14],
        [16, 20],
      ],
    ],
    ['all of it', [[10, 20]], []],
    ['more than all of it', [[9, 21]], []],
  ] as const)('without %s has no empty interval', (_, taken, left) => {
    const intervals = taken.map(([first, last]) => interval(first, last));
    expect(subtract([interval(10, 20)], intervals)).toEqual(left.map(([first, last]) => interval(first, last)));
  });

  it('and 30 to 40 without what lies over both ends', () => {
    expect(subtract([interval(10, 20), interval(30, 40)], [interval(15, 32), interval(35, 35)])).toEqual([
      interval(10, 14),
      interval(33, 34),
      interval(36, 40),
    ]);
  });
});

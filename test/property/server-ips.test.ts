import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSetOf, addressSetOfRanges, type ParsedRange, parseRange, rangesOf } from '#shared/server-ips/cidr.ts';
import { differenceBetween } from '#shared/server-ips/difference.ts';
import { countAddresses, type Interval, subtract, union } from '#shared/server-ips/intervals.ts';
import { observe } from '#shared/server-ips/observation.ts';
import { allRanges, type Ranges, rangesOfText, textOfRanges } from '#shared/server-ips/ranges.ts';

/** Close together, so that ranges overlap, touch and hold each other. */
const nearV4 = fc
  .tuple(fc.nat(3), fc.nat(255), fc.integer({ min: 22, max: 32 }))
  .map(([third, last, length]) => `101.226.${third}.${last}/${length}`);
const anyV4 = fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })).map(([address, length]) => `${address}/${length}`);
const nearV6 = fc
  .tuple(fc.nat(0xffff), fc.integer({ min: 110, max: 128 }))
  .map(([last, length]) => `2402:4E00:0:0::${last.toString(16)}/${length}`);
const anyV6 = fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 })).map(([address, length]) => `${address}/${length}`);
const single = fc.oneof(fc.ipV4(), fc.ipV6());
const range = fc.oneof(nearV4, nearV4, nearV6, nearV6, anyV4, anyV6, single);
const list = fc.array(range, { maxLength: 30 });

/** Every text of these tests is a range. */
function parsed(text: string): ParsedRange {
  const found = parseRange(text);
  if (found === undefined) throw new Error(`${text} was not parsed`);
  return found;
}

const normalised = (texts: readonly string[]): Ranges => rangesOf(addressSetOf(texts.map(parsed)));

/** Costly, and nothing that anybody sends decides what is computed: the lists themselves are read in full number below. */
const ARITHMETIC = { numRuns: 1_000 };

describe('ranges', () => {
  it('are the same whatever the order and however often something is listed', () => {
    const shuffled = list.chain((texts) =>
      fc.tuple(
        fc.constant(texts),
        fc.shuffledSubarray([...texts, ...texts], { minLength: 2 * texts.length, maxLength: 2 * texts.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([texts, twice]) => {
        expect(normalised(twice)).toEqual(normalised(texts));
      }),
      ARITHMETIC,
    );
  });

  it('are normal: normalising them again, and storing them, changes nothing', () => {
    fc.assert(
      fc.property(list, (texts) => {
        const ranges = normalised(texts);
        expect(normalised(allRanges(ranges))).toEqual(ranges);
        expect(rangesOfText(textOfRanges(ranges))).toEqual(ranges);
      }),
      ARITHMETIC,
    );
  });

  it('hold exactly the addresses that were listed', () => {
    fc.assert(
      fc.property(list, single, (texts, address) => {
        const probe = parsed(address);
        const listed = texts
          .map(parsed)
          .some(({ family, first, last }) => family === probe.family && first <= probe.first && probe.first <= last);
        const held = addressSetOfRanges(normalised(texts))[probe.family];
        expect(held.some(({ first, last }) => first <= probe.first && probe.first <= last)).toBe(listed);
      }),
      ARITHMETIC,
    );
  });

  it('old - removed + added is new, as sets of addresses, and the two parts do not overlap', () => {
    fc.assert(
      fc.property(list, list, (oldTexts, newTexts) => {
        const [before, after] = [normalised(oldTexts), normalised(newTexts)];
        const { added, removed } = differenceBetween(before, after);
        const rest = differenceBetween(removed, before).added;
        expect(normalised([...allRanges(rest), ...allRanges(added)])).toEqual(after);
        expect(differenceBetween(added, removed)).toEqual({ added: removed, removed: added });
      }),
      ARITHMETIC,
    );
  });

  it('differ in nothing exactly when they are equal', () => {
    fc.assert(
      fc.property(list, list, (one, other) => {
        const [before, after] = [normalised(one), normalised(other)];
        const { added, removed } = differenceBetween(before, after);
        expect(allRanges(added).length + allRanges(removed).length === 0).toBe(
          textOfRanges(before) === textOfRanges(after),
        );
      }),
      ARITHMETIC,
    );
  });
});

describe('intervals', () => {
  const MOST = 60;
  const small = fc.array(
    fc
      .tuple(fc.nat(MOST), fc.nat(8))
      .map(([first, length]) => ({ first: BigInt(first), last: BigInt(first + length) })),
  );
  const numbers = (intervals: readonly Interval[]) =>
    new Set(
      Array.from({ length: MOST + 10 }, (_, number) => number).filter((number) =>
        intervals.some(({ first, last }) => first <= number && number <= last),
      ),
    );

  it('unite, subtract and count like sets of numbers', () => {
    fc.assert(
      fc.property(small, small, (one, other) => {
        const [a, b] = [union(one), union(other)];
        expect(numbers(a)).toEqual(numbers(one));
        expect(numbers(subtract(a, b))).toEqual(
          new Set([...numbers(one)].filter((number) => !numbers(other).has(number))),
        );
        expect(countAddresses(a)).toBe(BigInt(numbers(one).size));
        expect(union(subtract(a, b))).toEqual(subtract(a, b));
      }),
      ARITHMETIC,
    );
  });
});

describe('what WeChat lists', () => {
  it('is read or refused as a whole, and never throws', () => {
    /** Ranges with something odd in them, which may still make one. */
    const odd = fc
      .tuple(
        range,
        fc.nat(20),
        fc.constantFrom('.', ':', '/', '0', '1', '9', 'f', '%', 'x', '-', ' ', '\n', '\u0000', '／'),
      )
      .map(([text, at, sign]) => text.slice(0, at) + sign + text.slice(at));
    const entry = fc.oneof(
      { weight: 8, arbitrary: range },
      { weight: 2, arbitrary: odd },
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.jsonValue(),
    );
    const seen = { list: 0, unusable: 0 };
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const observation = observe(entries);
        seen[observation.kind] += 1;
        const texts = entries.filter((one) => typeof one === 'string');
        const whole = { kind: 'list', ranges: observation.kind === 'list' ? normalised(texts) : undefined };
        const refused = { kind: 'unusable', reason: expect.any(String), text: expect.stringMatching(/^[^]{0,64}$/) };
        expect([whole, refused]).toContainEqual(observation);
      }),
    );
    // A fuzzer whose lists all end alike shows nothing.
    expect(Math.min(seen.list, seen.unusable)).toBeGreaterThan(500);
  });
});

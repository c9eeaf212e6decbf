import { describe, expect, it } from 'vitest';
import { addressSetOf, addressSetOfRanges, parseRange, rangesOf } from '#shared/server-ips/cidr.ts';
import { observe, unusable } from '#shared/server-ips/observation.ts';
import { allRanges, countRanges, NO_RANGES, rangesOfText, textOfRanges } from '#shared/server-ips/ranges.ts';

const rangesOfTexts = (...texts: string[]) =>
  allRanges(rangesOf(addressSetOf(texts.flatMap((text) => parseRange(text) ?? []))));

/** So many addresses of which no two are neighbours. */
const scattered = (count: number) =>
  Array.from({ length: count }, (_, n) => `101.${100 + (n >> 7)}.${100 + (n & 0x3f)}.${100 + 2 * ((n >> 6) & 1)}`);

describe('a range', () => {
  it('is its first and last address as numbers, of its family', () => {
    expect(parseRange('101.226.103.77/25')).toEqual({
      family: 'v4',
      prefixLength: 25,
      first: 0x65_e2_67_00n,
      last: 0x65_e2_67_7fn,
    });
    expect(parseRange('2402:4e00::ff/120')).toEqual({
      family: 'v6',
      prefixLength: 120,
      first: 0x2402_4e00n << 96n,
      last: (0x2402_4e00n << 96n) + 0xffn,
    });
    expect(parseRange('0.0.0.0/0')).toEqual({ family: 'v4', prefixLength: 0, first: 0n, last: 2n ** 32n - 1n });
  });

  it.each(['1.2.3.4/100', '1.2.3.4/33', '::1/129', '1.2.3.4/0x8', '1.2.3.4/1e1', '::1/1280', '/24', ' /24'])(
    'is not "%s"',
    (text) => {
      expect(parseRange(text)).toBeUndefined();
    },
  );

  it('of ours that cannot be read is a fault, told with its first 64 characters', () => {
    expect(() => addressSetOfRanges({ v4: ['x'.repeat(65)], v6: [] })).toThrow(
      new TypeError(`"${'x'.repeat(64)}" is not an address range`),
    );
    expect(() => addressSetOfRanges({ v4: [], v6: ['::1', ''] })).toThrow('"" is not an address range');
  });
});

describe('the normal form', () => {
  it.each([
    ['a single address', ['1.2.3.4'], ['1.2.3.4/32']],
    ['a low address', ['0.0.0.1', '::1'], ['0.0.0.1/32', '::1/128']],
    ['neighbours that make a block', ['101.1.1.2', '101.1.1.3'], ['101.1.1.2/31']],
    ['neighbours that make none', ['101.1.1.1', '101.1.1.2'], ['101.1.1.1/32', '101.1.1.2/32']],
    [
      'a run from 1 to 6',
      ['101.1.1.1', '101.1.1.2/31', '101.1.1.4/31', '101.1.1.6'],
      ['101.1.1.1/32', '101.1.1.2/31', '101.1.1.4/31', '101.1.1.6/32'],
    ],
    ['a range within another', ['101.1.1.0/24', '101.1.1.128/25'], ['101.1.1.0/24']],
    ['everything', ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'], ['0.0.0.0/0', '::/0']],
    ['both families', ['2402:4E00:0:0::1', '1.2.3.4'], ['1.2.3.4/32', '2402:4e00::1/128']],
  ] as const)('of %s has as few ranges as can be', (_, texts, ranges) => {
    expect(rangesOfTexts(...texts)).toEqual(ranges);
  });

  it('is stored as lines, of which an empty text has none', () => {
    const ranges = { v4: ['1.2.3.4/32', '5.6.0.0/16'], v6: ['2402:4e00::/32'] };
    expect(textOfRanges(ranges)).toBe('1.2.3.4/32\n5.6.0.0/16\n2402:4e00::/32');
    expect(rangesOfText(textOfRanges(ranges))).toEqual(ranges);
    expect(rangesOfText('')).toEqual(NO_RANGES);
    expect(countRanges(ranges)).toBe(3);
  });
});

describe('a list', () => {
  it.each([
    ['0.0.0.0/8', '0.255.255.255', '1.0.0.0'],
    ['10.0.0.0/8', '10.255.255.255', '11.0.0.0'],
    ['100.64.0.0/10', '100.127.255.255', '100.128.0.0'],
    ['127.0.0.0/8', '127.255.255.255', '128.0.0.0'],
    ['169.254.0.0/16', '169.254.255.255', '169.255.0.0'],
    ['172.16.0.0/12', '172.31.255.255', '172.32.0.0'],
    ['192.168.0.0/16', '192.168.255.255', '192.169.0.0'],
    ['224.0.0.0/3', '255.255.255.255', '223.255.255.255'],
    ['::/128', '::', '::2'],
    ['::1/128', '::1', '::2'],
    ['::ffff:0:0/96', '::ffff:255.255.255.255', '::1:0:0:0'],
    ['fc00::/7', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe00::'],
    ['fe80::/10', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe7f::'],
    ['fec0::/10', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe7f::'],
    ['ff00::/8', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fbff::'],
  ])('is refused for %s, to its last address %s, and not for %s beside it', (range, last, beside) => {
    const [first = ''] = range.split('/');
    for (const text of [range, first, last]) expect(observe([text])).toEqual(unusable('forbidden', text));
    expect(observe([beside])).toMatchObject({ kind: 'list' });
  });

  it('is refused for a range of everything, and for one that holds a forbidden one', () => {
    for (const text of ['1.0.0.0/0', '2000::/0', '96.0.0.0/4', '168.0.0.0/5']) {
      expect(observe([text])).toEqual(unusable('forbidden', text));
    }
  });

  it('may be 90,000 characters long when stored, and says how long it is when it is longer', () => {
    // Each is 18 characters and a line end, but the last: 4,736 * 19 + 16 = 90,000.
    const longest = [...scattered(4_736), '110.110.110.1'];
    expect(textOfRanges(rangesOf(addressSetOf(longest.flatMap((text) => parseRange(text) ?? [])))).length).toBe(90_000);
    expect(observe(longest)).toMatchObject({ kind: 'list' });
    expect(observe([...scattered(4_736), '110.110.110.11'])).toEqual(unusable('too-large', '90001 characters'));
  });

  it.each([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 7, '7'],
    ['an object', { ip: 'x'.repeat(100) }, `{"ip":"${'x'.repeat(57)}`],
  ])('that holds %s is refused with that as JSON', (_, entry, text) => {
    expect(observe([entry])).toEqual({ kind: 'unusable', reason: 'unparsable', text });
  });
});

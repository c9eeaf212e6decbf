import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase62, encodeBase62, encodeSmallBase62, isBase62, randomBase62 } from '#shared/caller/base62.ts';

describe('base62', () => {
  it.each([
    [0n, 3, '000'],
    [61n, 3, '00z'],
    [62n, 3, '010'],
    [62n ** 3n - 1n, 3, 'zzz'],
  ])('writes %s with a width of %i as %s', (value, width, text) => {
    expect(encodeBase62(value, width)).toBe(text);
    expect(encodeSmallBase62(Number(value), width)).toBe(text);
    expect(decodeBase62(text)).toBe(Number(value));
  });

  it.each([-1n, -62n, 62n ** 3n])('does not write %s with a width of 3', (value) => {
    expect(() => encodeBase62(value, 3)).toThrow(new RangeError('The number does not fit into 3 base62 characters.'));
  });

  it('writes small numbers as it writes large ones', () => {
    const property = fc.property(fc.maxSafeNat(), (value) => {
      expect(encodeSmallBase62(value, 10)).toBe(encodeBase62(BigInt(value), 10));
    });
    fc.assert(property);
  });

  it.each([-1, 62 ** 3, 0.5, 2 ** 53, Number.NaN])('does not write the small number %s with a width of 3', (value) => {
    expect(() => encodeSmallBase62(value, 3)).toThrow(RangeError);
  });

  it.each([
    ['Az09', 4, true],
    ['', 0, true],
    ['Az09', 3, false],
    ['Az09', 5, false],
    ['Az_9', 4, false],
    ['-z09', 4, false],
    ['Az0\n', 4, false],
  ])('%j is %i of its characters: %s', (text, length, is) => {
    expect(isBase62(text, length)).toBe(is);
  });

  it('draws from all of its characters', () => {
    expect(new Set(randomBase62(5_000)).size).toBe(62);
  });
});

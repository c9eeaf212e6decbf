import { describe, expect, it } from 'vitest';
import { decodeBase62, encodeBase62, isBase62, randomBase62 } from '#shared/caller/base62.ts';

describe('base62', () => {
  it.each([
    [0, 3, '000'],
    [61, 3, '00z'],
    [62, 3, '010'],
    [62 ** 3 - 1, 3, 'zzz'],
  ])('writes %i with a width of %i as %s', (value, width, text) => {
    expect(encodeBase62(value, width)).toBe(text);
    expect(decodeBase62(text)).toBe(value);
  });

  it.each([-1, 62 ** 3, 0.5, 2 ** 53, Number.NaN])('does not write %s with a width of 3', (value) => {
    expect(() => encodeBase62(value, 3)).toThrow(new RangeError('The number does not fit into 3 base62 characters.'));
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

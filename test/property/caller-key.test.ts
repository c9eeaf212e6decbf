import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase62 } from '#shared/caller/base62.ts';
import { createCallerKey, parseCallerKey } from '#shared/caller/caller-key.ts';

const ALPHABET = Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
const callerIds = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 8, maxLength: 8 });

const read = (text: string) =>
  Array.from(text).reduce((value, digit) => value * 62n + BigInt(ALPHABET.indexOf(digit)), 0n);

describe('caller keys', () => {
  it('every key made for a caller is read back as its own', () => {
    fc.assert(
      fc.property(callerIds, (callerId) => {
        expect(parseCallerKey(createCallerKey(callerId))).toMatchObject({ callerId });
      }),
    );
  });

  it('a key with any one character changed is no key', () => {
    fc.assert(
      fc.property(callerIds, fc.nat(66), fc.constantFrom(...ALPHABET, '_', '-', ' ', ','), (callerId, place, other) => {
        const key = createCallerKey(callerId);
        fc.pre(key[place] !== other);
        expect(parseCallerKey(key.slice(0, place) + other + key.slice(place + 1))).toBeUndefined();
      }),
    );
  });

  it('any other text is no key and no error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        expect(parseCallerKey(text)).toBeUndefined();
      }),
    );
  });
});

describe('base62', () => {
  it('writes every 256-bit number in 43 characters from which it can be read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
        const text = encodeBase62(value, 43);
        expect(text).toMatch(/^[A-Za-z0-9]{43}$/);
        expect(read(text)).toBe(value);
      }),
    );
  });

  it('refuses what does not fit', () => {
    expect(() => encodeBase62(62n ** 6n, 6)).toThrow(RangeError);
    expect(() => encodeBase62(-1n, 6)).toThrow(RangeError);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase62, encodeBase62 } from '#shared/caller/base62.ts';
import { createCallerKey, parseCallerKey } from '#shared/caller/caller-key.ts';

const ALPHABET = Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
const callerIds = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 8, maxLength: 8 });

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
  it('writes every number in as many characters as asked for, from which it can be read', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const text = encodeBase62(value, 10);
        expect(text).toMatch(/^[A-Za-z0-9]{10}$/);
        expect(decodeBase62(text)).toBe(value);
      }),
    );
  });
});

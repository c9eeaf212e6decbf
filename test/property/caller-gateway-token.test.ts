import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallerId, createCallerKey, parseCallerKey, verifierOf } from '#shared/caller/caller-key.ts';
import { createGatewayToken, isGenuineGatewayToken, parseGatewayToken } from '#shared/caller/gateway-token.ts';

const NOW = 1_800_000_000_000;
const KEY = createCallerKey(createCallerId());
const KEY_ID = parseCallerKey(KEY)?.keyId ?? '';
const appIds = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'.split('');

const isGenuine = (text: string, verifier: string | undefined = verifierOf(KEY)): boolean => {
  const parts = parseGatewayToken(text);
  return parts !== undefined && isGenuineGatewayToken(text, parts, verifier, NOW);
};

describe('a gateway token', () => {
  it('tells its key, account and time back, and is genuine', () => {
    fc.assert(
      fc.property(appIds, fc.integer({ min: 0, max: 7_799 }), (appId, ageS) => {
        const issuedAt = NOW - ageS * 1_000;
        const text = createGatewayToken(KEY_ID, verifierOf(KEY), appId, issuedAt);
        expect(parseGatewayToken(text)).toEqual({ callerId: KEY_ID.slice(0, 8), keyId: KEY_ID, appId, issuedAt });
        expect(isGenuine(text)).toBe(true);
      }),
    );
  });

  it('has the form of an access token and a length that every SDK stores', () => {
    fc.assert(
      fc.property(appIds, (appId) => {
        expect(createGatewayToken(KEY_ID, verifierOf(KEY), appId, NOW)).toMatch(/^[A-Za-z0-9_-]{33,400}$/);
      }),
    );
  });

  it('with any character changed, removed or added is not genuine', () => {
    const text = createGatewayToken(KEY_ID, verifierOf(KEY), 'wx1234567890abcdef', NOW);
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.constantFrom(...CHARACTERS, 'é', '\u0000', ' '),
        fc.constantFrom('change', 'remove', 'add'),
        (at, character, how) => {
          const middle = { change: character, remove: '', add: character + text.charAt(at) }[how];
          const other = text.slice(0, at) + middle + text.slice(at + 1);
          fc.pre(other !== text);
          expect(isGenuine(other)).toBe(false);
        },
      ),
    );
  });

  it('is nothing that anybody else can make, and no text at all is an error', () => {
    const genuine = createGatewayToken(KEY_ID, verifierOf(KEY), 'wx1234567890abcdef', NOW);
    const piece = fc.oneof(
      fc.constantFrom('wxgt_', KEY_ID, '0'.repeat(7), 'wx1234567890abcdef', '', '\u0000', '用'),
      fc
        .tuple(fc.nat(genuine.length), fc.nat(genuine.length))
        .map(([one, other]) => genuine.slice(Math.min(one, other), Math.max(one, other))),
      fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 43 }),
    );
    const like = fc.array(piece, { maxLength: 5 }).map((pieces) => `wxgt_${pieces.join('')}`);
    let wellFormed = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: like }, fc.string({ unit: 'binary', maxLength: 450 })), (text) => {
        fc.pre(text !== genuine);
        wellFormed += parseGatewayToken(text) === undefined ? 0 : 1;
        expect(isGenuine(text)).toBe(false);
      }),
    );
    // A fuzzer whose texts all end at the first check shows nothing.
    expect(wellFormed).toBeGreaterThan(100);
  });

  it('of another key, or of a key that is gone, is not genuine', () => {
    const text = createGatewayToken(KEY_ID, verifierOf(KEY), 'wx1', NOW);
    expect(isGenuine(text, verifierOf(createCallerKey(createCallerId())))).toBe(false);
    expect(isGenuineGatewayToken(text, parseGatewayToken(text)!, undefined, NOW)).toBe(false);
  });

  it('made for nobody is never genuine, though its text can be made by anybody', () => {
    const forged = createGatewayToken(KEY_ID, '0'.repeat(64), 'wx1', NOW);
    expect(isGenuineGatewayToken(forged, parseGatewayToken(forged)!, undefined, NOW)).toBe(false);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealUserTokens } from '#shared/api-call/seal-user-tokens.ts';
import { openUserToken, parseUserToken, sealUserToken } from '#shared/caller/user-token.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const letters = (length: number) =>
  fc.string({ unit: fc.constantFrom(...ALPHABET.split('')), minLength: length, maxLength: length });
const sealingKey = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 64, maxLength: 64 });
const kind = fc.constantFrom('access', 'refresh');
const appId = fc.string({ unit: fc.constantFrom(...ALPHABET.split(''), '_', '-'), minLength: 1, maxLength: 64 });
const caller = fc.record({ id: letters(8), sealingKey });
const token = fc.string({ unit: fc.constantFrom(...ALPHABET.split(''), '_', '-'), minLength: 1, maxLength: 512 });

describe('sealed user tokens', () => {
  it('open to what was sealed, for every caller, account and kind', () => {
    fc.assert(
      fc.property(token, caller, appId, kind, (raw, { id, sealingKey: key }, account, of) => {
        const parts = { kind: of, callerId: id, appId: account } as const;
        const text = sealUserToken(raw, parts, key);
        expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(parseUserToken(text)).toEqual(parts);
        expect(openUserToken(text, key)).toBe(raw);
      }),
    );
  });

  it('of caller A open neither with the key of caller B nor as a token of caller B', () => {
    fc.assert(
      fc.property(token, caller, caller, appId, kind, (raw, a, b, account, of) => {
        fc.pre(a.id !== b.id && a.sealingKey !== b.sealingKey);
        const text = sealUserToken(raw, { kind: of, callerId: a.id, appId: account }, a.sealingKey);
        const renamed = `${text.slice(0, 6)}${b.id}${text.slice(14)}`;
        expect(parseUserToken(renamed)?.callerId).toBe(b.id);
        for (const one of [text, renamed]) expect(openUserToken(one, b.sealingKey)).toBeUndefined();
        expect(openUserToken(renamed, a.sealingKey)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('do not open with any character changed, left out or added', () => {
    const change = fc.constantFrom('change', 'leave out', 'add');
    fc.assert(
      fc.property(token, caller, appId, kind, fc.nat(), letters(1), change, (raw, a, account, of, at, letter, what) => {
        const text = sealUserToken(raw, { kind: of, callerId: a.id, appId: account }, a.sealingKey);
        const place = at % text.length;
        const rest = text.slice(what === 'add' ? place : place + 1);
        const changed = text.slice(0, place) + (what === 'leave out' ? '' : letter) + rest;
        fc.pre(changed !== text);
        const parts = parseUserToken(changed);
        expect(parts === undefined ? undefined : openUserToken(changed, a.sealingKey)).toBeUndefined();
      }),
    );
  });
});

describe("the user's tokens in an answer of WeChat", () => {
  const nasty = fc.constantFrom('"', '\\', ':', ',', '{', '}', ' ', 'access_token', 'refresh_token', '用', 'a');
  const text = fc.oneof(fc.string({ unit: nasty, maxLength: 12 }), fc.string());
  const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 3 }));
  const fields = fc.dictionary(text, value, { maxKeys: 6 });

  it('are the only thing that sealing changes, whatever else is in the JSON', () => {
    fc.assert(
      fc.property(
        token,
        token,
        fields,
        fields,
        caller,
        appId,
        fc.nat(2),
        (access, refresh, before, after, a, id, gap) => {
          for (const one of [before, after]) {
            delete one['access_token'];
            delete one['refresh_token'];
          }
          const answer = { ...before, access_token: access, ...after, refresh_token: refresh };
          const body = Buffer.from(JSON.stringify(answer, undefined, gap));
          const sealed = JSON.parse(sealUserTokens({ body }, a, id).body.toString());
          expect(Object.keys(sealed)).toEqual(Object.keys(JSON.parse(body.toString())));
          expect(openUserToken(sealed.access_token, a.sealingKey)).toBe(access);
          expect(openUserToken(sealed.refresh_token, a.sealingKey)).toBe(refresh);
          expect(parseUserToken(sealed.access_token)).toEqual({ kind: 'access', callerId: a.id, appId: id });
          expect(parseUserToken(sealed.refresh_token)).toEqual({ kind: 'refresh', callerId: a.id, appId: id });
          expect({ ...sealed, access_token: access, refresh_token: refresh }).toEqual(JSON.parse(body.toString()));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

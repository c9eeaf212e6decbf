import { describe, expect, it } from 'vitest';
import {
  createSealingKey,
  isSealingKey,
  openUserToken,
  parseUserToken,
  sealUserToken,
  type UserTokenParts,
} from '#shared/caller/user-token.ts';

const KEY = createSealingKey();
const OWNER: UserTokenParts = { kind: 'access', callerId: 'caller00', appId: 'wx0123456789abcdef' };
const TOKEN = `73_${'a-B_9'.repeat(20)}`;

describe('a sealed user token', () => {
  it('says whose it is, by offset, and opens with the key of its caller', () => {
    const text = sealUserToken(TOKEN, OWNER, KEY);
    expect(text).toMatch(/^wxgu_acaller0018wx0123456789abcdef[A-Za-z0-9_-]+$/);
    expect(parseUserToken(text)).toEqual(OWNER);
    expect(openUserToken(text, KEY)).toBe(TOKEN);
  });

  it('is another text each time, so that nobody sees that two are of the same token', () => {
    expect(sealUserToken(TOKEN, OWNER, KEY)).not.toBe(sealUserToken(TOKEN, OWNER, KEY));
  });

  it('stays within what WeChat asks to reserve for a token', () => {
    expect(sealUserToken(TOKEN, OWNER, KEY).length).toBeLessThan(512);
  });

  it('opens neither with the key of another caller nor without one', () => {
    const text = sealUserToken(TOKEN, OWNER, KEY);
    expect(openUserToken(text, createSealingKey())).toBeUndefined();
    expect(openUserToken(text, undefined)).toBeUndefined();
  });

  it('that somebody sealed with the key that stands for no key opens for nobody', () => {
    expect(openUserToken(sealUserToken(TOKEN, OWNER, '0'.repeat(64)), undefined)).toBeUndefined();
  });

  it.each([
    ['for the other kind of call', /^wxgu_a/, 'wxgu_r'],
    ['for another caller', 'caller00', 'caller01'],
    ['for another account', 'wx0123456789abcdef', 'wx0123456789abcdee'],
    ['for an account with a shorter name', '18wx', '17wx'],
  ])('does not open when it is rewritten %s', (_, from, to) => {
    const text = sealUserToken(TOKEN, OWNER, KEY).replace(from, to);
    expect(openUserToken(text, KEY)).toBeUndefined();
  });

  it('has one spelling only: what a lenient decoder would take for the same does not open', () => {
    // 19 bytes of token make 47 sealed ones, whose last character has two bits to spare.
    const text = sealUserToken('a'.repeat(19), OWNER, KEY);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const others = alphabet
      .split('')
      .filter((letter) => letter !== text.at(-1))
      .map((letter) => text.slice(0, -1) + letter);
    expect(others.filter((other) => openUserToken(other, KEY) !== undefined)).toEqual([]);
  });

  it.each([
    '',
    'wxgu_',
    TOKEN,
    'wxgt_caller00key0',
    'wxgu_xcaller0018wx0123456789abcdefAAAA',
    'wxgu_acaller0099wx0123456789abcdef',
    'wxgu_acaller0000AAAA',
    'wxgu_acaller0018wx0123456789abcdefAA+A',
  ])('is not what "%s" is', (text) => {
    const parts = parseUserToken(text);
    expect(parts === undefined ? undefined : openUserToken(text, KEY)).toBeUndefined();
  });
});

describe('a sealing key', () => {
  it('is 32 bytes, new each time', () => {
    expect(KEY).toMatch(/^[0-9a-f]{64}$/);
    expect(createSealingKey()).not.toBe(KEY);
  });

  it.each([
    [KEY, true],
    [KEY.slice(1), false],
    [KEY.toUpperCase().replace(/[0-9]/g, 'A'), false],
    [`${KEY}\n`, false],
    ['', false],
  ])('%s: %s', (text, expected) => {
    expect(isSealingKey(text)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { createGatewayToken, isGenuineGatewayToken, parseGatewayToken } from '#shared/caller/gateway-token.ts';

const ISSUED_AT = 1_800_000_000_000;
const KEY_ID = 'Ab3dEf9hXyZ1';
const APP_ID = 'wx0123456789abcdef';
/** The SHA-256 of `x`. */
const VERIFIER = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
const MAC = 'JfbFtfzf39ljNPW8-ZaniU_82jynRF4xRSiJBV1Q-p0';
/** Made by another program, from the description of the form alone. */
const TOKEN = `wxgt_${KEY_ID}01xocE4${MAC}${APP_ID}`;

const isGenuineAt = (now: number, text = TOKEN): boolean => {
  const parts = parseGatewayToken(TOKEN);
  return parts !== undefined && isGenuineGatewayToken(text, parts, VERIFIER, now);
};

describe('a gateway token', () => {
  it('is a fixed text for its key, account and second, so that tokens handed out stay good whatever the code becomes', () => {
    expect(createGatewayToken(KEY_ID, VERIFIER, APP_ID, ISSUED_AT)).toBe(TOKEN);
    expect(createGatewayToken(KEY_ID, VERIFIER, APP_ID, ISSUED_AT + 999)).toBe(TOKEN);
  });

  it('says which key made it, for which account and when', () => {
    expect(parseGatewayToken(TOKEN)).toEqual({
      callerId: 'Ab3dEf9h',
      keyId: KEY_ID,
      appId: APP_ID,
      issuedAt: ISSUED_AT,
    });
  });

  it('is another for another key id, verifier, account or second', () => {
    const others = [
      createGatewayToken('Ab3dEf9hXyZ2', VERIFIER, APP_ID, ISSUED_AT),
      createGatewayToken(KEY_ID, VERIFIER.replace('2', '3'), APP_ID, ISSUED_AT),
      createGatewayToken(KEY_ID, VERIFIER, 'wx0123456789abcdee', ISSUED_AT),
      createGatewayToken(KEY_ID, VERIFIER, APP_ID, ISSUED_AT + 1_000),
    ];
    const macs = others.map((text) => text.slice(24, 67));
    expect(new Set([MAC, ...macs]).size).toBe(5);
  });

  it('is taken for 7,800 s, which is longer than SDKs are told, and not a moment longer', () => {
    expect(isGenuineAt(ISSUED_AT + 7_800_000 - 1)).toBe(true);
    expect(isGenuineAt(ISSUED_AT + 7_800_000)).toBe(false);
  });

  it('is taken from clocks less than 60 s behind ours', () => {
    expect(isGenuineAt(ISSUED_AT - 60_000 + 1)).toBe(true);
    expect(isGenuineAt(ISSUED_AT - 60_000)).toBe(false);
  });

  it('is not genuine, and no error, when it is longer or shorter than it should be', () => {
    expect(isGenuineAt(ISSUED_AT, `${TOKEN}0`)).toBe(false);
    expect(isGenuineAt(ISSUED_AT, TOKEN.slice(0, -1))).toBe(false);
    expect(isGenuineAt(ISSUED_AT, '')).toBe(false);
  });

  it('of an unknown key is not genuine, though anybody can make one without a verifier', () => {
    const forged = createGatewayToken(KEY_ID, '0'.repeat(64), APP_ID, ISSUED_AT);
    const parts = parseGatewayToken(forged);
    expect(parts && isGenuineGatewayToken(forged, parts, '0'.repeat(64), ISSUED_AT)).toBe(true);
    expect(parts && isGenuineGatewayToken(forged, parts, undefined, ISSUED_AT)).toBe(false);
  });

  it('is still the same after a thousand other keys were used', () => {
    for (let other = 0; other < 1_001; other += 1) {
      createGatewayToken(String(other).padStart(12, '0'), VERIFIER, APP_ID, ISSUED_AT);
    }
    expect(createGatewayToken(KEY_ID, VERIFIER, APP_ID, ISSUED_AT)).toBe(TOKEN);
  });

  it.each([
    ['nothing', ''],
    ['another prefix', TOKEN.replace('wxgt_', 'wxgx_')],
    ['the prefix at another place', `${'a'.repeat(24)}wxgt_${'a'.repeat(43)}`],
    ['no app ID', TOKEN.slice(0, 67)],
    ['an app ID that is too long', TOKEN + 'a'.repeat(47)],
    ['another sign in the key id', TOKEN.replace('Ab3d', 'Ab-d')],
    ['another sign in the time', TOKEN.replace('01xo', '01_o')],
    ['another sign in the signature', TOKEN.replace('V1Q-', 'V1Q.')],
    ['another sign in the app ID', `${TOKEN}.`],
    ['a sign before it', ` ${TOKEN}`],
  ])('is none with %s', (_, text) => {
    expect(parseGatewayToken(text)).toBeUndefined();
  });
});

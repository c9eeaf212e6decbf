import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeBase62 } from '#shared/caller/base62.ts';
import {
  createCallerId,
  createCallerKey,
  matchesVerifier,
  parseCallerKey,
  recordOf,
  verifierOf,
} from '#shared/caller/caller-key.ts';

const checksumOf = (text: string) => encodeBase62(crc32(text), 6);

describe('a caller key', () => {
  const key = createCallerKey('Ab3dEf9h');

  it('looks like wxg_, key id, secret and checksum, each of its fixed width', () => {
    expect(key).toMatch(/^wxg_[A-Za-z0-9]{12}_[A-Za-z0-9]{43}_[A-Za-z0-9]{6}$/);
  });

  it("names its caller and a key id that begins with the caller's id", () => {
    expect(parseCallerKey(key)).toEqual({ callerId: 'Ab3dEf9h', keyId: key.slice(4, 16) });
  });

  it('is read from a fixed text, so that keys handed out stay good whatever the code becomes', () => {
    const fixed = `wxg_Ab3dEf9hXyZ1_${'a'.repeat(43)}_3VtyYT`;
    expect(parseCallerKey(fixed)).toEqual({ callerId: 'Ab3dEf9h', keyId: 'Ab3dEf9hXyZ1' });
  });

  it('is made for a caller id of 8 letters and digits only', () => {
    const refused = new TypeError('A caller id is 8 letters and digits.');
    expect(() => createCallerKey('short')).toThrow(refused);
    expect(() => createCallerKey('with_sep')).toThrow(refused);
  });

  it('has a secret and a key id of its own each time', () => {
    const keys = Array.from({ length: 100 }, () => createCallerKey('Ab3dEf9h'));
    expect(new Set(keys.map((text) => text.slice(17, 60))).size).toBe(100);
    expect(new Set(keys.map((text) => text.slice(4, 16))).size).toBeGreaterThan(90);
  });

  it('is none with any one of its characters changed', () => {
    for (let place = 0; place < key.length; place += 1) {
      const other = key[place] === 'a' ? 'b' : 'a';
      expect(parseCallerKey(key.slice(0, place) + other + key.slice(place + 1))).toBeUndefined();
    }
  });

  it.each([
    ['another prefix', `wxh_${key.slice(4, 60)}`],
    ['no separator after the key id', `${key.slice(0, 16)}x${key.slice(17, 60)}`],
    ['another sign in the key id', `${key.slice(0, 15)}-${key.slice(16, 60)}`],
    ['another sign in the secret', `${key.slice(0, 59)}-`],
  ])('is none with %s, though its checksum is right', (_, text) => {
    expect(parseCallerKey(`${text}_${checksumOf(text)}`)).toBeUndefined();
  });

  it('is none without a separator before a checksum that is right', () => {
    expect(parseCallerKey(`${key.slice(0, 60)}x${key.slice(61)}`)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['a key without its last character', key.slice(0, -1)],
    ['a key with one character more', `${key}0`],
    ['a key with a space before it', ` ${key.slice(0, -1)}`],
    ['another prefix', `wxh_${key.slice(4)}`],
    ['a separator at the wrong place', `${key.slice(0, 15)}_${key.slice(15, 16)}${key.slice(17)}`],
  ])('is not %s', (_, text) => {
    expect(parseCallerKey(text)).toBeUndefined();
  });

  it('is stored as its SHA-256', () => {
    expect(recordOf(key, 17)).toEqual({
      keyId: key.slice(4, 16),
      verifier: createHash('sha256').update(key).digest('hex'),
      createdAt: 17,
    });
  });

  it('is not repeated in the error when it is malformed', () => {
    expect(() => recordOf(key.slice(0, -1), 17)).toThrow(/not a caller key/);
    expect(() => recordOf(key.slice(0, -1), 17)).not.toThrow(key.slice(17, 60));
  });

  it('matches its own verifier and no other, and none when there is none', () => {
    expect(matchesVerifier(key, verifierOf(key))).toBe(true);
    expect(matchesVerifier(key, verifierOf(createCallerKey('Ab3dEf9h')))).toBe(false);
    expect(matchesVerifier(key, undefined)).toBe(false);
  });
});

describe('a caller id', () => {
  it('is 8 letters and digits, another each time', () => {
    const ids = Array.from({ length: 100 }, createCallerId);
    expect(ids.every((id) => /^[A-Za-z0-9]{8}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(100);
  });
});

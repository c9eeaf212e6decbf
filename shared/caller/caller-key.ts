import { hash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { encodeBase62, isBase62, randomBase62 } from './base62.ts';
import type { CallerKeyRecord } from './caller.ts';

/*
 * wxg_ + key id (12, begins with the caller's id) + _ + secret (43) + _ + checksum (6). Every part has its fixed place, so a key is read by
 * offset. The checksum lets a mistyped or cut key be told without a look-up, and lets scanners for leaked secrets recognise one.
 */
const PREFIX = 'wxg_';
const CALLER_ID_LENGTH = 8;
const KEY_ID_LENGTH = 12;
/** 62^43 > 2^256 */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

const KEY_ID_END = PREFIX.length + KEY_ID_LENGTH;
const SECRET_END = KEY_ID_END + 1 + SECRET_LENGTH;
const KEY_LENGTH = SECRET_END + 1 + CHECKSUM_LENGTH;

/** No text has this SHA-256: comparing with it costs the same as with a real verifier and fails. */
const NOBODYS_VERIFIER = '0'.repeat(64);

/** What a well-formed caller key says about itself; whether it is a real one only its verifier shows. */
export interface CallerKeyParts {
  readonly callerId: string;
  readonly keyId: string;
}

/** A new caller's id: 8 random base62 characters. Whether it is taken is for the one who stores it to check. */
export function createCallerId(): string {
  return randomBase62(CALLER_ID_LENGTH);
}

/**
 * A new caller key with 256 bits of randomness. The text is the secret: show it once, store only {@link recordOf} it.
 * @throws {TypeError} when the caller id is not 8 base62 characters
 */
export function createCallerKey(callerId: string): string {
  if (!isBase62(callerId, CALLER_ID_LENGTH)) throw new TypeError('A caller id is 8 letters and digits.');
  const keyId = callerId + randomBase62(KEY_ID_LENGTH - CALLER_ID_LENGTH);
  const checked = `${PREFIX}${keyId}_${randomBase62(SECRET_LENGTH)}`;
  return `${checked}_${checksumOf(checked)}`;
}

/** The ids inside a complete, correctly written caller key; `undefined` for any other text. */
export function parseCallerKey(text: string): CallerKeyParts | undefined {
  if (text.length !== KEY_LENGTH || !text.startsWith(PREFIX)) return undefined;
  if (text[KEY_ID_END] !== '_' || text[SECRET_END] !== '_') return undefined;
  const keyId = text.slice(PREFIX.length, KEY_ID_END);
  if (!isBase62(keyId, KEY_ID_LENGTH) || !isBase62(text.slice(KEY_ID_END + 1, SECRET_END), SECRET_LENGTH))
    return undefined;
  if (text.slice(SECRET_END + 1) !== checksumOf(text.slice(0, SECRET_END))) return undefined;
  return { callerId: keyId.slice(0, CALLER_ID_LENGTH), keyId };
}

/** What is stored in place of a caller key: the SHA-256 of its whole text, 64 hex digits. 256 random bits need no slow hash. */
export function verifierOf(text: string): string {
  return hash('sha256', text, 'hex');
}

/**
 * Whether a presented key has this verifier, compared in constant time. Without a verifier (an unknown key) the same work is done and the
 * answer is no.
 */
export function matchesVerifier(text: string, verifier: string | undefined): boolean {
  const presented = Buffer.from(verifierOf(text));
  return timingSafeEqual(presented, Buffer.from(verifier ?? NOBODYS_VERIFIER));
}

/**
 * What is stored of a new key.
 * @param createdAt epoch milliseconds
 * @throws {TypeError} when the text is not a caller key; the text is not repeated in the error
 */
export function recordOf(text: string, createdAt: number): CallerKeyRecord {
  const parts = parseCallerKey(text);
  if (parts === undefined)
    throw new TypeError('This is not a caller key: one has 67 characters, wxg_... and a checksum.');
  return { keyId: parts.keyId, verifier: verifierOf(text), createdAt };
}

function checksumOf(text: string): string {
  return encodeBase62(crc32(text), CHECKSUM_LENGTH);
}

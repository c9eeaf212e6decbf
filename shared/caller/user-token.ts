import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { isAppId } from '../account/account.ts';
import { isBase62 } from './base62.ts';

/*
 * wxgu_ + kind (1) + caller id (8) + length of the app ID (2 digits) + app ID + base64url of nonce, ciphertext and tag. All that stands before
 * the sealed part is bound to it as additional data, so that no part of the text can be exchanged.
 */
const PREFIX = 'wxgu_';
const KIND_LETTERS = { access: 'a', refresh: 'r' } as const;
const CALLER_ID_LENGTH = 8;
const APP_ID_DIGITS = 2;
const CALLER_ID_START = PREFIX.length + 1;
const CALLER_ID_END = CALLER_ID_START + CALLER_ID_LENGTH;
const APP_ID_START = CALLER_ID_END + APP_ID_DIGITS;
const FORM = /^wxgu_[ar][A-Za-z0-9]{8}[0-9]{2}[A-Za-z0-9_-]{1,8000}$/;

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Opens nothing: for callers that do not exist, so that trying takes as long as for one that does. */
const NOBODYS_KEY = '0'.repeat(2 * KEY_BYTES);

/** Which of the two tokens of a user's login: for asking about the user, or for a new one of these. */
export type UserTokenKind = keyof typeof KIND_LETTERS;

/** What a well-formed sealed user token says about itself; whether it is a real one only opening it shows. */
export interface UserTokenParts {
  readonly kind: UserTokenKind;
  /** The caller that obtained it. */
  readonly callerId: string;
  /** The account that the user logged in to. */
  readonly appId: string;
}

/** A new caller's sealing key: 32 random bytes as 64 hex digits. A caller keeps it for life, or its users' tokens are lost. */
export function createSealingKey(): string {
  return randomBytes(KEY_BYTES).toString('hex');
}

/** Whether a text can be a sealing key. */
export function isSealingKey(text: string): boolean {
  return text.length === 2 * KEY_BYTES && /^[0-9a-f]+$/.test(text);
}

/**
 * What a caller gets in place of a user's OAuth token (doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html):
 * the token under AES-256-GCM, `[A-Za-z0-9_-]`, a third longer than the token and some 60 characters more. Sealing the same token again gives
 * another text that opens to the same. The random nonces of one key are good for 2^32 tokens (NIST SP 800-38D section 8.3).
 */
export function sealUserToken(token: string, { kind, callerId, appId }: UserTokenParts, sealingKey: string): string {
  const head = headOf({ kind, callerId, appId });
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, Buffer.from(sealingKey, 'hex'), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(head));
  const sealed = [nonce, cipher.update(token, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return head + Buffer.concat(sealed).toString('base64url');
}

/** The parts of a text that has a sealed user token's form; `undefined` for any other. */
export function parseUserToken(text: string): UserTokenParts | undefined {
  if (!FORM.test(text)) return undefined;
  const appIdEnd = sealedStart(text);
  const parts = {
    kind: text[PREFIX.length] === KIND_LETTERS.access ? 'access' : 'refresh',
    callerId: text.slice(CALLER_ID_START, CALLER_ID_END),
    appId: text.slice(APP_ID_START, appIdEnd),
  } as const;
  return isAppId(parts.appId) && isBase62(parts.callerId, CALLER_ID_LENGTH) ? parts : undefined;
}

/**
 * The user's token inside a text that has the form of a sealed one; `undefined` unless this very text was sealed with this key. Without a key (an unknown
 * caller) the same work is done and nothing opens.
 */
export function openUserToken(text: string, sealingKey: string | undefined): string | undefined {
  const start = sealedStart(text);
  const encoded = text.slice(start);
  const sealed = Buffer.from(encoded, 'base64url');
  // The decoder is lenient, and then several texts would open.
  if (sealed.length < NONCE_BYTES + TAG_BYTES || sealed.toString('base64url') !== encoded) return undefined;
  const key = Buffer.from(sealingKey ?? NOBODYS_KEY, 'hex');
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(text.slice(0, start)));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    const token = Buffer.concat([opened, decipher.final()]).toString('utf8');
    return sealingKey === undefined ? undefined : token;
  } catch {
    // The tag does not fit: sealed with another key, or changed since.
    return undefined;
  }
}

function headOf({ kind, callerId, appId }: UserTokenParts): string {
  return `${PREFIX}${KIND_LETTERS[kind]}${callerId}${String(appId.length).padStart(APP_ID_DIGITS, '0')}${appId}`;
}

function sealedStart(text: string): number {
  return APP_ID_START + Number(text.slice(CALLER_ID_END, APP_ID_START));
}

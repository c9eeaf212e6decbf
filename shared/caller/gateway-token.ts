import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto';
import { isAppId } from '../account/account.ts';
import { decodeBase62, encodeBase62, isBase62 } from './base62.ts';

/*
 * wxgt_ + key id (12) + issue time (7, base62 epoch seconds) + MAC (43, base64url of 32 bytes) + app ID (the rest). All parts but the last have
 * their fixed place. Nothing of it is kept: a token is checked by making it again.
 */
const PREFIX = 'wxgt_';
const KEY_ID_LENGTH = 12;
const CALLER_ID_LENGTH = 8;
const TIME_LENGTH = 7;
const MAC_LENGTH = 43;
const KEY_ID_END = PREFIX.length + KEY_ID_LENGTH;
const TIME_END = KEY_ID_END + TIME_LENGTH;
const MAC_END = TIME_END + MAC_LENGTH;
const FORM = /^wxgt_[A-Za-z0-9_-]{33,395}$/;

const KEY_INFO = 'wechat-gateway/gateway-token/v1';

/** What SDKs are told: WeChat's own figure (doc/service/api/base/api_getstableaccesstoken). */
export const GATEWAY_TOKEN_LIFE_S = 7_200;
/** SDKs cache to the last second and some longer, so the token is taken a while past what they were told. */
const ACCEPTED_FOR_MS = (GATEWAY_TOKEN_LIFE_S + 600) * 1_000;
/** Environments' clocks differ by less; a token from further ahead was not made by us. */
const CLOCKS_DIFFER_BY_MS = 60_000;

/** What a well-formed gateway token says about itself; whether it is a real one only the key's verifier shows. */
export interface GatewayTokenParts {
  readonly callerId: string;
  readonly keyId: string;
  readonly appId: string;
  /** Epoch milliseconds, whole seconds. */
  readonly issuedAt: number;
}

/**
 * The text that an SDK gets in place of WeChat's access token: `[A-Za-z0-9_-]`, some 90 characters. The same arguments give the same text.
 * @param verifier of the caller key, 64 hex digits
 * @param issuedAt epoch milliseconds
 */
export function createGatewayToken(keyId: string, verifier: string, appId: string, issuedAt: number): string {
  const time = encodeBase62(Math.floor(issuedAt / 1_000), TIME_LENGTH);
  return `${PREFIX}${keyId}${time}${macOf(verifier, `${keyId}${time}${appId}`)}${appId}`;
}

/** The parts of a text that has a gateway token's form; `undefined` for any other. */
export function parseGatewayToken(text: string): GatewayTokenParts | undefined {
  if (!FORM.test(text)) return undefined;
  const keyId = text.slice(PREFIX.length, KEY_ID_END);
  const time = text.slice(KEY_ID_END, TIME_END);
  const appId = text.slice(MAC_END);
  if (!isBase62(keyId, KEY_ID_LENGTH) || !isBase62(time, TIME_LENGTH) || !isAppId(appId)) return undefined;
  return { callerId: keyId.slice(0, CALLER_ID_LENGTH), keyId, appId, issuedAt: decodeBase62(time) * 1_000 };
}

/**
 * Whether this very text was made with this verifier and is neither too old nor from the future. Texts are compared in constant time; without a
 * verifier (an unknown key) the same work is done and the answer is no.
 */
export function isGenuineGatewayToken(
  text: string,
  parts: GatewayTokenParts,
  verifier: string | undefined,
  now: number,
): boolean {
  const made = createGatewayToken(parts.keyId, verifier ?? NOBODYS_VERIFIER, parts.appId, parts.issuedAt);
  const same = text.length === made.length && timingSafeEqual(Buffer.from(text), Buffer.from(made));
  const ageMs = now - parts.issuedAt;
  return same && verifier !== undefined && ageMs < ACCEPTED_FOR_MS && ageMs > -CLOCKS_DIFFER_BY_MS;
}

const NOBODYS_VERIFIER = '0'.repeat(64);

const MAX_MACS = 1_000;
/** The MACs that were made last, the oldest first: an SDK shows one token for two hours, and to make it again takes longer than all else here. */
const macs = new Map<string, string>();

/** Remembered whether or not there is such a key, so that an unknown one costs as much as a known one at the first look and at the later ones. */
function macOf(verifier: string, content: string): string {
  const name = `${verifier} ${content}`;
  const known = macs.get(name);
  if (known !== undefined) return known;
  // A key object: for mere bytes Node finds out each time that they are none, at twice the cost of the MAC.
  const key = createSecretKey(new Uint8Array(hkdfSync('sha256', Buffer.from(verifier, 'hex'), '', KEY_INFO, 32)));
  const made = createHmac('sha256', key).update(content).digest('base64url');
  const [oldest] = macs.keys();
  if (macs.size >= MAX_MACS && oldest !== undefined) macs.delete(oldest);
  macs.set(name, made);
  return made;
}

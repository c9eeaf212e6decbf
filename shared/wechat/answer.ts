import { isIP } from 'node:net';
import type { UpstreamAnswer } from './wechat-api.ts';

/** What WeChat says about a call inside an HTTP 200: `errcode` 0 is success. */
export interface PeekedErrcode {
  readonly errcode: number;
  readonly errmsg?: string;
  /** WeChat's request id, for `openapi/rid/get`; it identifies a call, not a user. */
  readonly rid?: string;
}

/** Error answers are short; a longer body is data. */
const LONGEST_PEEK_BYTES = 64 * 1024;
const OPENING_BRACE = 0x7b;
const JSON_SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** What WxJava and wechatpy fetch another token for; to refresh on demand is official (doc/oplatform/developers/dev/AccessToken.html). */
const TOKEN_REFUSALS = new Set([40001, 40014, 42001]);

const isUnencoded = (headers: UpstreamAnswer['headers']): boolean =>
  headers.every(([name, value]) => !/^content-encoding$/i.test(name) || /^\s*(?:identity)?\s*$/i.test(value));

const startsWithBrace = (body: Uint8Array): boolean => {
  for (const byte of body) {
    if (!JSON_SPACES.has(byte)) return byte === OPENING_BRACE;
  }
  return false;
};

/** Control characters and bad UTF-8 occur in WeChat's JSON (user nicknames); neither can hide or make an errcode. */
const parseLeniently = (text: string): unknown => {
  try {
    // oxlint-disable-next-line no-control-regex -- JSON allows no bare control character inside a string
    return JSON.parse(text.replace(/[\u0000-\u001f]/g, ' '));
  } catch (error) {
    // Fine: what is not JSON has no errcode. The caller gets its bytes as they are.
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const toErrcode = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
};

/** ` rid: a-b-c` or `, rid: a-b-c`, at the end where WeChat puts it. */
const ridIn = (errmsg: string): string | undefined =>
  /^.*(?<![0-9a-z])rid:\s{0,4}([0-9a-z]+(?:-[0-9a-z]+)*)/is.exec(errmsg)?.[1];

const peekRecord = (record: unknown): PeekedErrcode | undefined => {
  const errcode = isRecord(record) ? toErrcode(record['errcode']) : undefined;
  if (errcode === undefined || !isRecord(record)) {
    return undefined;
  }
  const errmsg = record['errmsg'];
  if (typeof errmsg !== 'string') {
    return { errcode };
  }
  const rid = ridIn(errmsg);
  return rid === undefined ? { errcode, errmsg } : { errcode, errmsg, rid };
};

/**
 * Reads the errcode of an answer without touching its bytes: from an unencoded JSON object of at most 64 KB, whatever its content
 * type says, at the top level or else in `base_resp` (device APIs), as a number or a numeric string. An errcode nested anywhere
 * else is data and never taken. `undefined` when there is none.
 *
 * Forms seen in WeChat's answers and allowed for by WxJava, wechatpy and co-wechat-api; WeChat documents none of them.
 */
export const peekErrcode = ({ headers, body }: Pick<UpstreamAnswer, 'headers' | 'body'>): PeekedErrcode | undefined => {
  if (body.length > LONGEST_PEEK_BYTES || !startsWithBrace(body) || !isUnencoded(headers)) {
    return undefined;
  }
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const parsed = text.includes('errcode') ? parseLeniently(text) : undefined;
  return isRecord(parsed) ? (peekRecord(parsed) ?? peekRecord(parsed['base_resp'])) : undefined;
};

/** Whether WeChat refused the access token, so that a newer one may help: 40001, 40014 or 42001. */
export const isTokenRefusal = (errcode: number): boolean => TOKEN_REFUSALS.has(errcode);

/**
 * The egress address that WeChat names when the IP allow-list stops a call: 40164
 * (`invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist`) or 61004 (`... requestIP: 1.2.3.4`). IPv4-mapped addresses come
 * back as IPv4. `undefined` when the text holds no address.
 */
export const refusedAddress = (errmsg: string): string | undefined =>
  [...errmsg.matchAll(/[0-9a-f:.]+/gi)]
    .map(([text]) => text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/[.:]$/, ''))
    .find((text) => isIP(text) !== 0);

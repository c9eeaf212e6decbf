import type { Caller } from '../caller/caller.ts';
import { sealUserToken, type UserTokenKind } from '../caller/user-token.ts';
import type { UpstreamAnswer } from '../wechat/wechat-api.ts';
import { Refusal } from './refusal.ts';

/** The fields of WeChat's answers that hold a user's token. */
const KINDS: ReadonlyMap<string, UserTokenKind> = new Map([
  ['access_token', 'access'],
  ['refresh_token', 'refresh'],
]);
const STRING = String.raw`"([^"\\]*(?:\\.[^"\\]*)*)"`;
/** Every string of a JSON text in turn; with it the string behind it when the first is a name. */
const STRINGS = new RegExp(String.raw`${STRING}(?:(\s*:\s*)${STRING})?`, 'gs');

/**
 * WeChat's answer to a login or a renewal with the user's tokens sealed for this caller; every other byte stays as it came.
 * @throws {Refusal} `upstream-broke` when the answer is not JSON, so that it cannot be shown to hold no token
 */
export function sealUserTokens<Answer extends Pick<UpstreamAnswer, 'body'>>(
  answer: Answer,
  { id: callerId, sealingKey }: Pick<Caller, 'id' | 'sealingKey'>,
  appId: string,
): Answer {
  // Latin-1 keeps one character per byte, and the marks of JSON are ASCII.
  const text = Buffer.from(answer.body).toString('latin1');
  readJson(text);
  const sealed = text.replaceAll(STRINGS, (whole, name: string, colon?: string, value?: string) => {
    const kind = KINDS.get(readString(name));
    if (kind === undefined || colon === undefined || value === undefined || value === '') return whole;
    const token = Buffer.from(readString(value), 'latin1').toString('utf8');
    return `"${name}"${colon}"${sealUserToken(token, { kind, callerId, appId }, sealingKey)}"`;
  });
  return { ...answer, body: Buffer.from(sealed, 'latin1') };
}

function readString(text: string): string {
  return text.includes('\\') ? String(readJson(`"${text}"`)) : text;
}

/** Control characters are no JSON, but occur in WeChat's. */
function readJson(text: string): unknown {
  try {
    // oxlint-disable-next-line no-control-regex -- JSON allows no bare control character inside a string
    return JSON.parse(text.replaceAll(/[\u0000-\u001f]/g, ' '));
  } catch {
    // Truncated, or a page of a proxy on the way: it came after the call was sent.
    throw new Refusal('upstream-broke');
  }
}

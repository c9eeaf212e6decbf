import { isApiSecurityHeader, isFieldValue } from './header-field.ts';
import { Refusal } from './refusal.ts';

const FORWARDED: ReadonlySet<string> = new Set(['content-type', 'accept', 'accept-language']);

/**
 * The headers that go up to WeChat: an allow-list of the caller's, values as they are, and no content coding, so that an answer can be read
 * and passed on. Nothing else a caller sends is forwarded, its credential least of all.
 * @param headers lower-case names
 * @throws {Refusal} `malformed-header` when a value to be forwarded cannot stand in a header: dropping it could change what the call means
 */
export function upstreamHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const forwarded = Object.entries(headers).filter(([name]) => FORWARDED.has(name) || isApiSecurityHeader(name));
  if (!forwarded.every(([, value]) => isFieldValue(value))) throw new Refusal('malformed-header');
  return { ...Object.fromEntries(forwarded), 'accept-encoding': 'identity' };
}

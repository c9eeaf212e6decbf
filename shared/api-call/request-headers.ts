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
  const forwarded: Record<string, string> = { 'accept-encoding': 'identity' };
  for (const name of Object.keys(headers)) {
    if (!FORWARDED.has(name) && !isApiSecurityHeader(name)) continue;
    const value = headers[name] ?? '';
    if (!isFieldValue(value)) throw new Refusal('malformed-header');
    forwarded[name] = value;
  }
  return forwarded;
}

import { Refusal } from './refusal.ts';

const SCRUBBED = '[removed by the gateway]';

/** Names whose values are credentials, wherever WeChat's record of a request repeats them. */
const NAMES =
  '(?:[a-z_]*access_token|[a-z_]*refresh_token|[a-z_]*secret|[a-z_]*ticket|session_key|js_code|code|token|signature)';
/** `name=value` in a URL or a form. */
const IN_QUERY = new RegExp(`(\\b${NAMES}=)[^&\\s"'#\\\\]*`, 'gi');
/**
 * `"name":"value"` in JSON, also where that JSON stands in a string again and its quotes are escaped, to any depth. A value may hold escapes
 * other than that of a quote: PHP writes every `/` of base64 as `\/`. A name's backslashes are tried from their first only, or a body full of them
 * would take minutes.
 */
const IN_JSON = new RegExp(`((?<!\\\\)(\\\\*")${NAMES}\\2\\s*:\\s*\\\\*")(?:[^"\\\\]|\\\\+[^"\\\\])*`, 'gi');

/**
 * The answer of `openapi/rid/get` without any token or secret (doc/service/api/apimanage, getRidInfo): WeChat's record repeats the URL, the body
 * and the answer of a request that may be another caller's. Scrubbed by name, and the account's own token by value.
 * @throws {Refusal} `upstream-broke` when the answer is not JSON, so that it cannot be scrubbed
 */
export function scrubRidAnswer(body: Uint8Array, token: string): Uint8Array {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // What cannot be read cannot be shown to hold no token.
    throw new Refusal('upstream-broke');
  }
  return Buffer.from(JSON.stringify(scrub(content, token)));
}

function scrub(value: unknown, token: string): unknown {
  if (typeof value === 'string') return scrubText(value, token);
  if (Array.isArray(value)) return value.map((entry) => scrub(entry, token));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      isCredentialName(name) && typeof entry === 'string' ? SCRUBBED : scrub(entry, token),
    ]),
  );
}

function scrubText(text: string, token: string): string {
  // By name first: what stands in a value's place holds signs at which a value ends.
  return text
    .replaceAll(IN_QUERY, `$1${SCRUBBED}`)
    .replaceAll(IN_JSON, `$1${SCRUBBED}`)
    .replaceAll(token, SCRUBBED)
    .replaceAll(encodeURIComponent(token), SCRUBBED);
}

function isCredentialName(name: string): boolean {
  return new RegExp(`^${NAMES}$`, 'i').test(name);
}

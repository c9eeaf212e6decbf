import { Refusal } from './refusal.ts';

/** Names under which a credential travels in a query, letters only: WeChat's, and those of a signature by AWS credentials. */
const CREDENTIAL_NAMES: ReadonlySet<string> = new Set([
  'accesstoken',
  'cloudbaseaccesstoken',
  'componentaccesstoken',
  'secret',
  'appsecret',
  // A request that is signed in its query, session token included
  // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html).
  'xamzalgorithm',
  'xamzcredential',
  'xamzdate',
  'xamzexpires',
  'xamzsecuritytoken',
  'xamzsignature',
  'xamzsignedheaders',
]);

const PERCENT = 0x25;

/**
 * Checks that a query is text that may stand in a request line: visible ASCII without `#`.
 * @throws {Refusal} `malformed-query`
 */
export function checkQuery(rawQuery: string): void {
  if (!/^[!-"$-~]*$/.test(rawQuery)) throw new Refusal('malformed-query');
}

/**
 * The query byte for byte and in order, minus every parameter whose name some server could read as a credential: `access_token`,
 * `cloudbase_access_token`, `component_access_token`, `secret`, `appsecret` and the `X-Amz-*` of a signature, in any case, percent-encoded to any depth, with other signs
 * inside or around it, as an array or behind `;`. Values are never looked at. Doing it twice changes nothing more.
 */
export function stripCredentials(rawQuery: string): string {
  let kept: string | undefined;
  let start = 0;
  for (const parameter of rawQuery.split(/[&;]/)) {
    const separator = rawQuery.slice(Math.max(0, start - 1), start);
    start += parameter.length + 1;
    if (isCredential(parameter)) continue;
    kept = kept === undefined ? parameter : `${kept}${separator}${parameter}`;
  }
  return kept ?? '';
}

/** The stripped query with the account's access token as its first parameter, so that nothing in the rest can swallow it. */
export function withAccessToken(strippedQuery: string, accessToken: string): string {
  const parameter = `access_token=${encodeURIComponent(accessToken)}`;
  return strippedQuery === '' ? parameter : `${parameter}&${strippedQuery}`;
}

function isCredential(parameter: string): boolean {
  const end = parameter.indexOf('=');
  const name = decodeFully(end === -1 ? parameter : parameter.slice(0, end));
  // A server that decodes before it splits, stops at NUL or reads arrays takes one of these parts for the name.
  return name.split(/[&;=?#[\0]/).some((part) => CREDENTIAL_NAMES.has(lettersAndDigits(part)));
}

function lettersAndDigits(text: string): string {
  // Nearly every name is, and normalising is the slow part.
  if (/^[a-z0-9]*$/.test(text)) return text;
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/**
 * Percent-decodes until nothing is left to decode, in one pass: an escape is replaced as soon as it is complete, also when its signs come
 * from escapes themselves. Escapes cannot overlap, so the order does not change the result.
 */
function decodeFully(text: string): string {
  if (!text.includes('%')) return text;
  const decoded: number[] = [];
  for (const byte of Buffer.from(text)) {
    decoded.push(byte);
    let value = lastEscape(decoded);
    while (value !== undefined) {
      decoded.splice(-3, 3, value);
      value = lastEscape(decoded);
    }
  }
  return Buffer.from(decoded).toString();
}

function lastEscape(bytes: readonly number[]): number | undefined {
  if (bytes.at(-3) !== PERCENT) return undefined;
  const digits = String.fromCharCode(...bytes.slice(-2));
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

import { Refusal } from './refusal.ts';

const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;
const PATH = /^\/[A-Za-z0-9_/.-]+$/;

/**
 * Each with everything below it. Token endpoints: the gateway answers them itself; a forwarded one would spend the account's quota and hand
 * out its token (doc/service/api/base/api_getstableaccesstoken). `component`: third-party platforms have credentials of their own. `sns`: a
 * *user's* token travels there under the name of the account's. `clear_quota/v2` takes the app secret and no token
 * (doc/service/openApi/clear_quota.html); a caller key put in its place must not reach WeChat. Those of them that the gateway serves have routes
 * of their own, in front of the generic one.
 */
const NEVER_FORWARDED = [
  '/cgi-bin/token',
  '/cgi-bin/stable_token',
  '/cgi-bin/component',
  '/cgi-bin/clear_quota/v2',
  '/sns',
] as const;

const CLEAR_QUOTA: ReadonlySet<string> = new Set([
  '/cgi-bin/clear_quota',
  '/cgi-bin/clear_quota/v2',
  '/cgi-bin/openapi/quota/clear',
]);
const RID_GET = '/cgi-bin/openapi/rid/get';
const OWN_ENDPOINTS = '/gateway';

/**
 * Checks a path as API Gateway hands it over: already decoded, below the path prefix. What passes can be put behind a host as it is.
 * @throws {Refusal} `double-slash` or `malformed-path`
 */
export function checkPath(path: string): void {
  if (path.includes('//')) throw new Refusal('double-slash');
  if (DOT_SEGMENT.test(path) || !PATH.test(path)) throw new Refusal('malformed-path');
}

/** The path compared last: one call asks for the same some ten times. */
let lastCompared = { path: '', comparable: '' };

/** The form in which grants and denials compare paths: lower-cased, without trailing slashes, since WeChat may take either for the same. */
export function comparablePath(path: string): string {
  if (path !== lastCompared.path) {
    let end = path.length;
    while (end > 0 && path[end - 1] === '/') end -= 1;
    lastCompared = { path, comparable: path.slice(0, end).toLowerCase() };
  }
  return lastCompared.comparable;
}

/** Whether the generic route refuses this path whatever is granted. Takes a path that passed {@link checkPath}. */
export function isNeverForwarded(path: string): boolean {
  const comparable = comparablePath(path);
  return NEVER_FORWARDED.some((denied) => isAtOrBelow(comparable, denied));
}

/** Whether this is the call that returns other callers' requests (doc/service/api/apimanage, getRidInfo): it needs a permission of its own. */
export function isRidGet(path: string): boolean {
  return comparablePath(path) === RID_GET;
}

/**
 * Whether this sets daily counters of an account back: all, by access token or by app secret (doc/service/openApi/clear_quota.html), or one endpoint's
 * (doc/subscription/api/apimanage/api_clearapiquota).
 */
export function isClearQuota(path: string): boolean {
  return CLEAR_QUOTA.has(comparablePath(path));
}

/** Whether the path is one of the gateway's own, whose errors are problem documents. Also true in odd spellings, so that none goes to WeChat. */
export function isOwnEndpoint(path: string): boolean {
  return isAtOrBelow(comparablePath(path), OWN_ENDPOINTS);
}

function isAtOrBelow(comparable: string, ancestor: string): boolean {
  return comparable === ancestor || comparable.startsWith(`${ancestor}/`);
}

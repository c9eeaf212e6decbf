import { createHash } from 'node:crypto';
import type { CallAnswer } from '../api-call/answer-shape.ts';
import { type AuthenticateDependencies, type AuthenticatedCaller, authenticate } from '../api-call/authenticate.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import { readable } from '../api-call/readable.ts';
import { Refusal } from '../api-call/refusal.ts';
import type { CallRequest } from '../api-call/request.ts';
import { grantedAccounts, grantsPermission } from '../caller/grant.ts';
import type { ListVersion } from '../server-ips/list-state.ts';
import { SERVED_FORMATS, type ServedFormat, servedList } from '../server-ips/served-format.ts';
import { isServerIpList, type ServerIpList } from '../server-ips/server-ip-list.ts';
import type { ServerIpsStore } from '../server-ips/server-ips-store.ts';

/** What the endpoint needs besides what every call does. */
export interface ServerIpsDependencies {
  readonly serverIps: Pick<ServerIpsStore, 'glance'>;
}

/** The lists change at most once a day; a firewall that asks is this late at most. */
const MAX_AGE_SECONDS = 300;
const ETAG_DIGITS = 32;

/**
 * `GET /gateway/server-ips?list=callback|api-domain&format=json|text|nginx`: the applied version of a list, `json` by default. It needs the permission
 * `server-ips:read` for any of the caller's accounts: the lists are the platform's. With a strong ETag, and 304 for who has it (RFC 9110
 * sections 8.8.3 and 13.1.2); the version is in `x-server-ips-version`. One read of the table.
 * @throws {Refusal} `malformed-server-ips-query`, `not-granted`, `no-server-ips` before the first sync, and as every call
 */
export async function showServerIps(
  dependencies: ServerIpsDependencies & AuthenticateDependencies,
  request: CallRequest,
  trace: CallTrace,
): Promise<CallAnswer> {
  const authenticated = await authenticate(dependencies, request);
  Object.assign(trace, { caller: authenticated.caller.id, keyId: authenticated.keyId });
  if (!mayRead(authenticated)) throw new Refusal('not-granted');
  const { list, format } = wanted(request.query);
  const { state } = await readable(dependencies.serverIps.glance(list));
  if (state.applied === undefined) throw new Refusal('no-server-ips');
  return answer(list, state.applied, format, request.headers['if-none-match']);
}

function mayRead({ caller, appId }: AuthenticatedCaller): boolean {
  const accounts = appId === undefined ? grantedAccounts(caller) : [appId];
  return accounts.some((account) => grantsPermission(caller, account, 'server-ips:read'));
}

function wanted(query: string): { readonly list: ServerIpList; readonly format: ServedFormat } {
  const parameters = new URLSearchParams(query);
  const list = parameters.get('list');
  const format = SERVED_FORMATS.find((one) => one === (parameters.get('format') ?? 'json'));
  if (!isServerIpList(list) || format === undefined) throw new Refusal('malformed-server-ips-query');
  return { list, format };
}

function answer(
  list: ServerIpList,
  applied: ListVersion,
  format: ServedFormat,
  ifNoneMatch: string | undefined,
): CallAnswer {
  const { contentType, body } = servedList(list, applied, format);
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, ETAG_DIGITS)}"`;
  const headers = {
    etag,
    // Only the caller's own cache: the answer is for who has the grant.
    'cache-control': `private, max-age=${MAX_AGE_SECONDS}`,
    'x-server-ips-version': String(applied.version),
  };
  if (isAlreadyThere(ifNoneMatch, etag)) return { statusCode: 304, headers, body: '', isBase64Encoded: false };
  return { statusCode: 200, headers: { ...headers, 'content-type': contentType }, body, isBase64Encoded: false };
}

/** If-None-Match compares weakly: a `W/` that something on the way has put before a tag does not count (RFC 9110 section 13.1.2). */
function isAlreadyThere(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = new Set((ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return tags.has(etag) || tags.has('*');
}

import type { Caller } from '../caller/caller.ts';
import type { CallerDirectory } from '../caller/caller-directory.ts';
import { matchesVerifier, parseCallerKey } from '../caller/caller-key.ts';
import { isGenuineGatewayToken, parseGatewayToken } from '../caller/gateway-token.ts';
import { grantedAccounts } from '../caller/grant.ts';
import type { RoleDirectory } from '../caller/role-directory.ts';
import type { Clock } from '../clock.ts';
import { readable } from './readable.ts';
import { Refusal } from './refusal.ts';
import type { CallRequest } from './request.ts';

/** Who calls, and with which of its keys or roles. */
export interface AuthenticatedCaller {
  readonly caller: Caller;
  /** A caller key's id, or the unique id of the IAM role that signed. */
  readonly keyId: string;
  /** The account that the credential itself is for; `undefined` for a caller key or a role, which is for all of the caller's. */
  readonly appId: string | undefined;
}

/** Told whom a credential names, and for which account, just before the caller is read from the table: nothing of it is proven yet. */
export type ReadAhead = (callerId: string, appId: string | undefined) => void;

/** What authenticating needs. */
export interface AuthenticateDependencies {
  readonly callers: CallerDirectory;
  readonly roles: RoleDirectory;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Finds the caller by the IAM role that signed, else by its Bearer caller key (RFC 6750 section 2.1) or, as SDKs call, by the gateway token in
 * `access_token`. What is wrong with a credential or its caller is told only to who presents a real one; a made-up one costs the same work and
 * hears only that it is unknown.
 * @throws {Refusal} `no-credential`, `malformed-credential`, `unknown-key`, `retired-key`, `invalid-gateway-token`, `unknown-role`,
 * `caller-disabled`; when the directory cannot say: `internal-error` for a malformed item, else `table-unreachable`
 */
export async function authenticate(
  dependencies: AuthenticateDependencies,
  request: Pick<CallRequest, 'headers' | 'query' | 'role'>,
  readAhead?: ReadAhead,
): Promise<AuthenticatedCaller> {
  if (request.role !== undefined) return findRole(dependencies, request.role);
  const authorization = request.headers['authorization']?.trim() ?? '';
  const [gatewayToken = '', ...others] = gatewayTokensIn(request.query);
  if (/^bearer /i.test(authorization) || (authorization !== '' && gatewayToken === '')) {
    const named = request.headers['x-wechat-appid'];
    const { caller, keyId } = await findKey(dependencies, bearerOf(authorization), (id) => readAhead?.(id, named));
    return { caller, keyId, appId: undefined };
  }
  if (gatewayToken === '') throw new Refusal('no-credential');
  if (others.length > 0) throw new Refusal('malformed-credential');
  return findGatewayToken(dependencies, gatewayToken, readAhead);
}

/** Most queries without a token show that they have none. */
function gatewayTokensIn(query: string): readonly string[] {
  return /access_token|%/.test(query) ? new URLSearchParams(query).getAll('access_token') : [];
}

/**
 * The caller of an IAM role. The caller's own item has the last word: a role that was taken from it is unknown whatever the index still says.
 * @throws {Refusal} `unknown-role`, `caller-disabled`, and when a directory cannot say as {@link authenticate}
 */
export async function findRole(
  { callers, roles }: AuthenticateDependencies,
  roleId: string,
): Promise<AuthenticatedCaller> {
  const callerId = await readable(roles.callerIdOf(roleId));
  const caller = callerId === undefined ? undefined : await readable(callers.find(callerId));
  if (caller?.roles?.some((role) => role.roleId === roleId) !== true) throw new Refusal('unknown-role');
  if (caller.disabled) throw new Refusal('caller-disabled');
  return { caller, keyId: roleId, appId: undefined };
}

/**
 * The caller of an active caller key, wherever it stands.
 * @param besideRead told the caller's id just before the caller is read from the table
 * @throws {Refusal} as {@link authenticate}
 */
export async function findKey(
  { callers }: AuthenticateDependencies,
  text: string,
  besideRead?: (callerId: string) => void,
): Promise<{ readonly caller: Caller; readonly keyId: string; readonly verifier: string }> {
  const parts = parseCallerKey(text);
  if (parts === undefined) throw new Refusal('malformed-credential');
  const { callerId, keyId } = parts;
  const caller = await readable(callers.find(callerId, () => besideRead?.(callerId)));
  const record = caller?.keys.find((key) => key.keyId === keyId);
  const matches = matchesVerifier(text, record?.verifier);
  if (!matches || caller === undefined || record === undefined) throw new Refusal('unknown-key');
  if (caller.disabled) throw new Refusal('caller-disabled');
  if (record.retiredAt !== undefined) throw new Refusal('retired-key');
  return { caller, keyId, verifier: record.verifier };
}

/** A gateway token outlives the retirement of its key; with the key's revocation its verifier is gone, and with it the token. */
async function findGatewayToken(
  { callers, clock }: AuthenticateDependencies,
  text: string,
  readAhead: ReadAhead | undefined,
): Promise<AuthenticatedCaller> {
  const parts = parseGatewayToken(text);
  if (parts === undefined) throw new Refusal('invalid-gateway-token');
  const { callerId, keyId, appId } = parts;
  const caller = await readable(callers.find(callerId, () => readAhead?.(callerId, appId)));
  const record = caller?.keys.find((key) => key.keyId === keyId);
  const genuine = isGenuineGatewayToken(text, parts, record?.verifier, clock.now());
  if (!genuine || caller === undefined) throw new Refusal('invalid-gateway-token');
  if (caller.disabled) throw new Refusal('caller-disabled');
  return { caller, keyId, appId };
}

/**
 * The app ID of the account that a call is for: the gateway token's, or the one in `X-WeChat-AppId`, which a caller with one account may
 * leave out.
 * @throws {Refusal} `account-not-named` when there are several; `unknown-account` when the named one is not granted; `not-granted` when the
 * caller has no account at all
 */
export function accountOf(
  request: Pick<CallRequest, 'headers'>,
  { caller, appId }: Pick<AuthenticatedCaller, 'caller' | 'appId'>,
): string {
  const accounts = grantedAccounts(caller);
  const named = appId ?? request.headers['x-wechat-appid'];
  if (named !== undefined && !accounts.includes(named)) throw new Refusal('unknown-account');
  const [only, ...others] = named === undefined ? accounts : [named];
  if (only === undefined) throw new Refusal('not-granted');
  if (others.length > 0) throw new Refusal('account-not-named');
  return only;
}

/** Repeated headers arrive joined with a comma and are no single credential. */
function bearerOf(authorization: string): string {
  const text = /^bearer +([^\s,]+) *$/i.exec(authorization)?.[1];
  if (text === undefined) throw new Refusal('malformed-credential');
  return text;
}

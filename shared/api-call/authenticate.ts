import type { Caller } from '../caller/caller.ts';
import type { CallerDirectory } from '../caller/caller-directory.ts';
import { matchesVerifier, parseCallerKey } from '../caller/caller-key.ts';
import { MalformedCaller } from '../caller/caller-store.ts';
import { grantedAccounts } from '../caller/grant.ts';
import { Refusal } from './refusal.ts';
import type { CallRequest } from './request.ts';

/** Who calls, and with which of its keys. */
export interface AuthenticatedCaller {
  readonly caller: Caller;
  readonly keyId: string;
}

/**
 * Finds the caller by its Bearer caller key (RFC 6750 section 2.1). What is wrong with the key or its caller is told only to who presents
 * the key itself; a made-up key costs the same work and hears only that it is unknown.
 * @throws {Refusal} `no-credential`, `malformed-credential`, `unknown-key`, `retired-key`, `caller-disabled`; when the directory
 * cannot say: `internal-error` for a malformed item, else `table-unreachable`
 */
export async function authenticate(
  request: Pick<CallRequest, 'headers'>,
  directory: CallerDirectory,
): Promise<AuthenticatedCaller> {
  const text = bearerOf(request.headers['authorization']);
  const parts = parseCallerKey(text);
  if (parts === undefined) throw new Refusal('malformed-credential');
  const { callerId, keyId } = parts;
  const caller = await findCaller(directory, callerId);
  const record = caller?.keys.find((key) => key.keyId === keyId);
  const matches = matchesVerifier(text, record?.verifier);
  if (!matches || caller === undefined || record === undefined) throw new Refusal('unknown-key');
  if (caller.disabled) throw new Refusal('caller-disabled');
  if (record.retiredAt !== undefined) throw new Refusal('retired-key');
  return { caller, keyId };
}

/**
 * The app ID of the account that a call is for: `X-WeChat-AppId`, which a caller with one account may leave out.
 * @throws {Refusal} `account-not-named` when there are several; `unknown-account` when the named one is not granted; `not-granted` when the
 * caller has no account at all
 */
export function accountOf(request: Pick<CallRequest, 'headers'>, caller: Caller): string {
  const accounts = grantedAccounts(caller);
  const named = request.headers['x-wechat-appid'];
  if (named !== undefined && !accounts.includes(named)) throw new Refusal('unknown-account');
  const [only, ...others] = named === undefined ? accounts : [named];
  if (only === undefined) throw new Refusal('not-granted');
  if (others.length > 0) throw new Refusal('account-not-named');
  return only;
}

/** Repeated headers arrive joined with a comma and are no single credential. */
function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined || authorization.trim() === '') throw new Refusal('no-credential');
  const text = /^bearer +([^\s,]+) *$/i.exec(authorization)?.[1];
  if (text === undefined) throw new Refusal('malformed-credential');
  return text;
}

async function findCaller(directory: CallerDirectory, callerId: string): Promise<Caller | undefined> {
  try {
    return await directory.find(callerId);
  } catch (error) {
    // Whatever kept the item from being read, nothing was sent and the caller may come again; the log gets the error.
    throw new Refusal(error instanceof MalformedCaller ? 'internal-error' : 'table-unreachable', error);
  }
}

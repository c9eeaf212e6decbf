import type { Caller } from '../caller/caller.ts';
import { grantedAccounts, grantsPath } from '../caller/grant.ts';
import type { CallDependencies } from './call-wechat-api.ts';
import { readable } from './readable.ts';
import { Refusal } from './refusal.ts';

/**
 * Checks that the caller may make this call for this account, and that the account can be called for.
 * @throws {Refusal} `unknown-account` when the account is not granted, not added or disabled; `not-granted`; `table-unreachable`
 */
export async function checkGranted(
  { reader }: Pick<CallDependencies, 'reader'>,
  caller: Caller,
  appId: string,
  path: string,
): Promise<void> {
  if (!grantedAccounts(caller).includes(appId)) throw new Refusal('unknown-account');
  if (!grantsPath(caller, appId, path)) throw new Refusal('not-granted');
  const state = await readable(reader.get(appId));
  if (state === undefined || state.disabled) throw new Refusal('unknown-account');
}

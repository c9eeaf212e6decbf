import type { TokenStore } from '#shared/access-token/token-store.ts';
import { type Account, isAppId } from '#shared/account/account.ts';
import type { AccountStore } from '#shared/account/account-store.ts';
import type { Clock } from '#shared/clock.ts';

/** Where an account is entered. */
export interface AddAccountDependencies {
  readonly accounts: AccountStore;
  readonly tokens: Pick<TokenStore, 'add'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What an operator says about a new account. */
export type NewAccount = Omit<Account, 'addedAt'>;

/**
 * Enters an account and starts the state of its token, due at once. `false` for an account that is there already: it stays as it is, and an
 * earlier call that was cut off half-way is completed.
 * @throws {TypeError} for what cannot be an app ID, and the table's error when it does not answer
 */
export async function addAccount(
  { accounts, tokens, clock }: AddAccountDependencies,
  account: NewAccount,
): Promise<boolean> {
  const { appId } = account;
  if (!isAppId(appId)) {
    throw new TypeError("An app ID has 1 to 64 letters, digits, - or _: copy it from the account's console.");
  }
  const now = clock.now();
  const isNew = (await accounts.get(appId)) === undefined;
  if (isNew) await accounts.put({ ...account, addedAt: now });
  await tokens.add(appId, now);
  return isNew;
}

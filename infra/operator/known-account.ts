import type { Account } from '#shared/account/account.ts';
import type { AccountStore } from '#shared/account/account-store.ts';
import { appIdArgument } from './arguments.ts';
import { OperatorFailure } from './operator-failure.ts';

/** The account that an argument names. @throws {OperatorFailure} when it is no app ID, or nobody has added the account */
export async function knownAccount({ accounts }: { readonly accounts: AccountStore }, text: string): Promise<Account> {
  const account = await accounts.get(appIdArgument(text));
  if (account !== undefined) return account;
  throw new OperatorFailure(`There is no account ${text}: "account list" shows them, "account add" adds one.`);
}

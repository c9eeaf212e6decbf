import type { Account } from './account.ts';

/** The accounts that operators have entered. Every method throws the store's own error when the table does not answer. */
export interface AccountStore {
  /** `undefined` for an account that nobody added. */
  get(appId: string): Promise<Account | undefined>;
  /** Writes the whole account; the same call again changes nothing. */
  put(account: Account): Promise<void>;
}

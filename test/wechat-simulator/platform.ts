import type { Account } from './account.ts';
import { LoginCodes } from './login-codes.ts';
import { RidBook } from './rid-book.ts';
import { UserGrants } from './user-grants.ts';

/** Everything that the endpoints share. */
export class Platform {
  readonly now: () => number;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly rids = new RidBook();
  readonly loginCodes = new LoginCodes();
  readonly userGrants: UserGrants;
  /** getcallbackip's list; it contains a range, as the official example does. */
  callbackIps: string[] = ['106.55.206.146', '106.55.206.211', '101.226.103.0/25'];
  apiDomainIps: string[] = ['101.89.47.18', '101.91.34.103'];

  constructor(accounts: Account[], now: () => number) {
    this.now = now;
    this.accounts = new Map(accounts.map((account) => [account.appId, account]));
    this.userGrants = new UserGrants(now);
  }

  /** The account that an access token was issued to, whether it still works or not. */
  ownerOf(token: string): Account | undefined {
    for (const account of this.accounts.values()) {
      if (account.verdict(token) !== 'unknown') return account;
    }
    return undefined;
  }
}

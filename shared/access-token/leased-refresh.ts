import type { Account } from '../account/account.ts';
import type { TokenState } from './token-state.ts';
import type { CountedIssue } from './token-store.ts';

/** One refresh that holds its lease. */
export interface LeasedRefresh {
  readonly account: Account;
  readonly leaseId: string;
  readonly countedIssue: CountedIssue;
  /** The item as our last won write left it; its lease is ours. */
  readonly state: TokenState;
}

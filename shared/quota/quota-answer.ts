import type { RidLookUp } from '../diagnosis/look-up-rid.ts';
import type { ClearOutcome } from './clear-quotas.ts';
import type { AccountLearning } from './learn-quotas.ts';

/** What an invocation of `sync-quotas` answers, by what was asked. Holds no token and no secret. */
export type QuotaAnswer =
  /** Only counts: the accounts may be many. */
  | { readonly kind: 'learn-all'; readonly accounts: number; readonly failedAccounts: number }
  | ({ readonly kind: 'learn' } & AccountLearning)
  | ({ readonly kind: 'clear' } & ClearOutcome)
  | ({ readonly kind: 'rid' } & RidLookUp);

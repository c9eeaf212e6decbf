import type { AccountStore } from '../account/account-store.ts';
import type { AppSecretCache } from '../account/app-secret.ts';
import type { Clock } from '../clock.ts';
import type { Upstream } from '../wechat/upstream.ts';
import type { RecordedFailure, RefreshFailure } from './failure.ts';
import type { QuotaReached } from './operator-issue.ts';
import type { TokenStore } from './token-store.ts';

/** What refreshing needs; one set per environment. */
export interface RefreshDependencies {
  readonly accounts: AccountStore;
  readonly secrets: AppSecretCache;
  readonly tokens: TokenStore;
  readonly upstream: Upstream;
  readonly clock: Clock;
  /** In [0, 1); jitter only. */
  readonly random: () => number;
  /** Names this environment in leases. */
  readonly holder: string;
}

/**
 * What a refresh came to.
 * `committed`: a token was stored. `superseded`: somebody else's newer token is stored. `kept`: a probe found the token working.
 * `not-needed`: the reason no longer holds. `held`: somebody else is refreshing. `cooling`: a failure's cooldown is not over.
 * `unknown-account`: not added, or disabled. `failed`: recorded, with its cooldown. `not-allowed`: the issue that an operator asked for would
 * have gone past a quota; nothing was sent and nothing recorded.
 */
export type RefreshOutcome =
  | { readonly kind: 'committed'; readonly fingerprint: string; readonly expiresAt: number; readonly forced: boolean }
  | { readonly kind: 'superseded' | 'kept' | 'not-needed' | 'held' | 'unknown-account' }
  | { readonly kind: 'cooling'; readonly failure: RecordedFailure | undefined }
  | { readonly kind: 'failed'; readonly failure: RefreshFailure }
  | ({ readonly kind: 'not-allowed' } & QuotaReached);

import type { AccessToken } from './access-token.ts';
import type { RefreshFailure } from './failure.ts';
import type { TokenState } from './token-state.ts';

/**
 * Why an account is refreshed. Checked again inside the acquiring write:
 * `due`: the account's due time has come; `missing`: there is no token that may be used; `refused`: WeChat refused the token with this
 * fingerprint, it is still the stored one, and no probe has lately found it working. `operator` and `leaked` always hold, an operator asks: for
 * an ordinary issue, or for one that makes WeChat drop the token before.
 */
export type RefreshReason =
  | { readonly kind: 'due' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly fingerprint: string }
  | { readonly kind: 'operator' | 'leaked' };

/** What a conditional write came to: `state` is the item after a won write, or as it stood when the write was refused. */
export type WriteOutcome =
  | { readonly won: true; readonly state: TokenState }
  | { readonly won: false; readonly state: TokenState | undefined };

/** One issue to be counted in the same write, against a cap per quota day. */
export interface CountedIssue {
  readonly cap: number;
  /** Also counted as forced, against its own cap and the spacing that WeChat wants. */
  readonly forced: boolean;
  /** The cap on forced issues, where it is not the one for healing. */
  readonly forcedCap?: number;
}

/** The acquiring write. */
export interface AcquireRequest {
  readonly appId: string;
  readonly leaseId: string;
  readonly holder: string;
  readonly reason: RefreshReason;
  /** The version that the decision to refresh was made on. */
  readonly version: number;
  /** The issue to count, when one follows without a probe. */
  readonly count: CountedIssue | undefined;
  /** The cause of the cooldown is gone (its app secret was replaced). */
  readonly ignoreCooldown: boolean;
  /** Whoever held the lease before never said how that ended, so WeChat may still issue: remember since when. */
  readonly suspectAt?: number | undefined;
  readonly now: number;
}

/** The write that prolongs the own lease just before an issue call that acquire did not count. */
export interface ExtendRequest {
  readonly appId: string;
  readonly leaseId: string;
  /** The version that acquire returned: the probed token is still the stored one, and nobody has brought another. */
  readonly version: number;
  /** The issue that follows; none when it cannot be made. */
  readonly count: CountedIssue | undefined;
  /** A probe was refused: remember it, from now on the token counts as absent and the account is due. */
  readonly refused: { readonly nextDueAt: number } | undefined;
  readonly now: number;
}

/** The write that stores a newly issued token. */
export interface CommitRequest {
  readonly appId: string;
  readonly leaseId: string;
  /** The version that acquire returned, or the one that a lost commit found. */
  readonly version: number;
  readonly token: AccessToken;
  /** What is stored now, as the write at `version` left it. */
  readonly stored: AccessToken | undefined;
  /** Another issue overlapped this one, or one before it was lost: which token WeChat keeps is unknown. */
  readonly suspect: boolean;
  readonly nextDueAt: number;
}

/** The write that ends a refresh without a token. */
export interface FailRequest {
  readonly appId: string;
  readonly leaseId: string;
  readonly failure: RefreshFailure;
  readonly count: number;
  readonly cooldownEnd: number;
  /** WeChat may have issued, or a probe gave no clear answer: remember since when, the account is due. */
  readonly suspect: { readonly at: number; readonly nextDueAt: number } | undefined;
  readonly now: number;
}

/** The write that ends a refresh because a probe found the token working. */
export interface KeepRequest {
  readonly appId: string;
  readonly leaseId: string;
  readonly version: number;
  /** The probe came late enough to settle a suspicion: remove it. */
  readonly settled: boolean;
  /** The next due time, where it changes. */
  readonly nextDueAt: number | undefined;
  readonly now: number;
}

/** An account whose due time has come. */
export interface DueAccount {
  readonly appId: string;
  readonly nextDueAt: number;
}

/**
 * The stored state of every account's token. Each write is one conditional write; a write whose answer was lost and that had happened
 * counts as won. Every method throws the store's own error when the table does not answer.
 */
export interface TokenStore {
  /** A strongly consistent read; `undefined` for an account that nobody added. */
  read(appId: string): Promise<TokenState | undefined>;
  /** Like {@link read} at half the price, possibly a moment old. */
  glance(appId: string): Promise<TokenState | undefined>;
  /** Takes the lease if there is no live one, no cooldown, quota left, the version unchanged and the reason still holds. */
  acquire(request: AcquireRequest): Promise<WriteOutcome>;
  /** Prolongs the own lease and counts an issue, if the lease is still ours, the version unchanged and the caps allow. */
  extend(request: ExtendRequest): Promise<WriteOutcome>;
  /**
   * Stores the token if the version is unchanged, and ends the lease; the lease may have gone to somebody else, but then a classic token must be
   * `suspect`. Refused for the stored token itself once a probe of it was refused.
   */
  commit(request: CommitRequest): Promise<WriteOutcome>;
  /** Ends the own lease with a failure and a cooldown; never touches the token. Not won when the lease is no longer ours. */
  fail(request: FailRequest): Promise<WriteOutcome>;
  /** Ends the own lease and remembers that the token works. */
  keep(request: KeepRequest): Promise<WriteOutcome>;
  /** Ends the own lease and nothing else. */
  release(appId: string, leaseId: string): Promise<void>;
  /** Starts the state of a new account, due at once. Does nothing, and says `false`, for an account that has one. */
  add(appId: string, now: number): Promise<boolean>;
  /** Accounts whose due time is at or before `now`, the earliest first. May lag behind the last writes. */
  due(now: number): Promise<readonly DueAccount[]>;
}

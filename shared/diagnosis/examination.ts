import type { RefreshFailure } from '../access-token/failure.ts';
import type { QuotaReached } from '../access-token/operator-issue.ts';
import type { ProbeVerdict } from '../access-token/probe.ts';
import type { UpstreamFailureKind } from '../wechat/wechat-api.ts';

/** How one of WeChat's hosts is reached from where the function runs. Times are milliseconds. */
export type HostExamination = {
  readonly origin: string;
  /** How long its name took to resolve; absent where that failed. */
  readonly nameMs?: number | undefined;
} & (
  | {
      readonly kind: 'answered';
      /** On a connection of its own: until the request was sent, name, TCP and TLS included. */
      readonly connectMs: number;
      /** From then until the whole answer had arrived. */
      readonly answerMs: number;
      readonly status: number;
      /** The host's clock less the function's, by the answer's `Date`, which is exact to a second; absent where the answer has none. */
      readonly clockAheadMs?: number | undefined;
    }
  | { readonly kind: 'failed'; readonly failure: UpstreamFailureKind }
);

/** All hosts as the function reaches them. Holds no secret. */
export interface UpstreamExamination {
  readonly kind: 'upstream';
  /** The function's own clock, epoch milliseconds, when it began. */
  readonly startedAt: number;
  /** How long it took all in all, milliseconds. */
  readonly tookMs: number;
  /** In the order in which they are tried. */
  readonly hosts: readonly HostExamination[];
}

/**
 * What WeChat says of an account's app secret.
 * `held`: somebody was refreshing this account all the while, so nothing was sent; `not-allowed`: the day's issues are used up, likewise.
 */
export type SecretExamination =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'held' }
  | ({ readonly kind: 'not-allowed' } & QuotaReached)
  | { readonly kind: 'failed'; readonly failure: RefreshFailure };

/** Whether WeChat takes the stored token; `none`: there is none that a call may use. */
export type TokenExamination = ProbeVerdict | 'none';

/** What WeChat says of the account's callback URL (`callback/check`); `unknown`: no clear answer, or nothing to ask with. */
export type CallbackExamination =
  | { readonly kind: 'not-configured' | 'reachable' | 'unknown' }
  /** One at least of WeChat's own packets was lost on the way to it, or its name does not resolve. */
  | { readonly kind: 'unreachable'; readonly addresses: readonly string[] }
  | { readonly kind: 'refused'; readonly errcode: number };

/** One account as WeChat sees it from where the function runs. Holds no secret and no token. */
export type AccountExamination =
  | { readonly kind: 'unknown-account' | 'disabled' }
  | {
      readonly kind: 'examined';
      readonly secret: SecretExamination;
      readonly token: TokenExamination;
      /** The address that our calls come from, in WeChat's own words; absent where it would not tell. */
      readonly addressSeen?: string | undefined;
      readonly callback: CallbackExamination;
    };

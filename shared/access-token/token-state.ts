import { type AccessToken, isAlive } from './access-token.ts';
import type { RecordedFailure } from './failure.ts';

/** The time-bounded exclusive right to refresh one account. */
export interface Lease {
  readonly id: string;
  /** Who holds it, for people who read the table. */
  readonly holder: string;
  /** Epoch milliseconds by the holder's clock. */
  readonly end: number;
}

/** Everything stored about one account's access token. Times are epoch milliseconds. */
export interface TokenState {
  readonly appId: string;
  readonly disabled: boolean;
  readonly token: AccessToken | undefined;
  /** The token before, while it may still work. */
  readonly previous: { readonly fingerprint: string; readonly worksUntil: number } | undefined;
  /** +1 per commit; 0 before the first. */
  readonly version: number;
  /** `undefined` when nobody refreshes or the holder has said that it is done; may be over. */
  readonly lease: Lease | undefined;
  /** 0 when there is none. */
  readonly cooldownEnd: number;
  /** The last failure ever; its `count` is 0 once a commit followed. */
  readonly failure: RecordedFailure | undefined;
  /** Since when it is unknown whether WeChat still takes the token. */
  readonly suspectAt: number | undefined;
  /** When a probe of this token was refused: it counts as absent until a commit. */
  readonly refusedAt: number | undefined;
  /** When a probe last found this token working. */
  readonly provenAt: number | undefined;
  readonly nextDueAt: number;
  /** Issues per quota day (`YYYYMMDD`). */
  readonly issued: Readonly<Record<string, number>>;
  readonly lastForcedAt: number | undefined;
}

/** The stored token if a call may use it: not past its end and not refused by a probe. */
export function usableToken(state: TokenState, now: number): AccessToken | undefined {
  const { token, refusedAt } = state;
  return token !== undefined && refusedAt === undefined && isAlive(token, now) ? token : undefined;
}

/** The lease, if somebody may be refreshing right now. */
export function liveLease(state: TokenState, now: number): Lease | undefined {
  return state.lease !== undefined && now < state.lease.end ? state.lease : undefined;
}

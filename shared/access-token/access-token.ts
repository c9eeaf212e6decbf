import { createHash } from 'node:crypto';

/** Which of WeChat's two token endpoints an account uses; their tokens are isolated from each other. */
export type TokenMode = 'stable' | 'classic';

/** What WeChat issued for one account, with the times of the issue call by our own clock (epoch milliseconds). */
export interface AccessToken {
  /** The secret itself: 1 to 1024 printable characters. */
  readonly value: string;
  /** {@link fingerprintOf} the value: safe to log. */
  readonly fingerprint: string;
  readonly mode: TokenMode;
  /** When the issue call was put on the wire. */
  readonly sentAt: number;
  /** When its answer had arrived; never goes back from one commit to the next. */
  readonly receivedAt: number;
  /** `sentAt` + WeChat's `expires_in`: never later than the truth. */
  readonly expiresAt: number;
}

/** The first 16 hex digits of the SHA-256 of a token: tells tokens apart in logs and conditions without giving them away. */
export function fingerprintOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}

/** Whether the token has not reached its own end. A time that is not finite counts as over. */
export function isAlive(token: Pick<AccessToken, 'expiresAt'>, now: number): boolean {
  return now < token.expiresAt;
}

import { type AccessToken, fingerprintOf } from '#shared/access-token/access-token.ts';
import type { TokenState } from '#shared/access-token/token-state.ts';

/** A stable token that was issued at `sentAt` and lives for 7,200 s. */
export function tokenIssuedAt(sentAt: number, value = '99_token'): AccessToken {
  const fingerprint = fingerprintOf(value);
  return { value, fingerprint, mode: 'stable', sentAt, receivedAt: sentAt + 10, expiresAt: sentAt + 7_200_000 };
}

/** A state in which nothing is going on, with the changes of a test. */
export function tokenState(changes: Partial<TokenState> = {}): TokenState {
  return {
    appId: 'wx1',
    disabled: false,
    token: undefined,
    previous: undefined,
    version: 0,
    lease: undefined,
    cooldownEnd: 0,
    failure: undefined,
    suspectAt: undefined,
    refusedAt: undefined,
    provenAt: undefined,
    nextDueAt: 0,
    issued: {},
    lastForcedAt: undefined,
    ...changes,
  };
}

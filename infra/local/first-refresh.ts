import { setTimeout as delay } from 'node:timers/promises';
import { healEvent } from '#shared/access-token/refresh-event.ts';
import { type TokenState, usableToken } from '#shared/access-token/token-state.ts';
import type { TokenStore } from '#shared/access-token/token-store.ts';
import { invokeFunction, type LocalFunction } from './local-function.ts';
import { refreshTrouble } from './refresh-trouble.ts';
import { StartFailure } from './start-failure.ts';
import { tellIfSlow } from './tell-if-slow.ts';

/** What the first refresh needs. */
export interface FirstRefreshSettings {
  readonly refreshAccessToken: LocalFunction;
  readonly tokens: Pick<TokenStore, 'read'>;
  readonly appId: string;
  /** For people. */
  readonly upstream: string;
  /** Takes lines that tell what is waited for. */
  readonly tell: (line: string) => void;
}

/**
 * Sees to it that the account has a token before anything is announced, by invoking the function as a proxy would that has none. After a
 * run that failed lately it waits until WeChat may be asked again, at most 40 s.
 * @throws {StartFailure} with what WeChat or the network said
 */
export async function refreshFirst(settings: FirstRefreshSettings): Promise<void> {
  const { tokens, appId, upstream, tell } = settings;
  const pauseMs = briefPauseMs(await tokens.read(appId));
  if (pauseMs > 0) {
    tell(`Waiting ${Math.ceil(pauseMs / 1000)} s before asking ${upstream} again: the last try has just failed.`);
    await delay(pauseMs);
  }
  const refreshing = invokeFunction(settings.refreshAccessToken, healEvent(appId, undefined));
  const outcome = await tellIfSlow(refreshing, tell, `Waiting for ${upstream} to issue an access token.`);
  if (outcome.kind !== 'answered') throw outcome.error;
  const state = await tokens.read(appId);
  if (state !== undefined && usableToken(state, Date.now()) !== undefined) return;
  const failure = state?.failure ?? { class: 'unavailable', cause: 'another process is asking for it. Try again.' };
  throw new StartFailure(refreshTrouble(failure, upstream, appId));
}

/** Longer pauses are WeChat's quotas: those are for the user to wait for. */
function briefPauseMs(state: TokenState | undefined): number {
  const now = Date.now();
  if (state?.failure?.class !== 'unavailable' || usableToken(state, now) !== undefined) return 0;
  return Math.max(0, state.cooldownEnd - now);
}

import type { Clock } from '../clock.ts';
import type { AccessToken } from './access-token.ts';
import { HEAL_MARKER_MS, type HealMarkers, NO_TOKEN } from './heal-marker.ts';
import { PROVEN_FOR_MS } from './lease-rules.ts';
import type { RefreshInvoker } from './refresh-invoker.ts';
import type { TokenReader } from './token-reader.ts';
import { liveLease, type TokenState, usableToken } from './token-state.ts';

/** What healing needs; one set per environment. */
export interface HealDependencies {
  readonly reader: TokenReader;
  readonly markers: HealMarkers;
  readonly invoker: RefreshInvoker;
  readonly clock: Clock;
  /** In [0, 1); jitter only. */
  readonly random: () => number;
  /** Told when the refresh could not be run; the table then says how things stand. */
  readonly onInvokeError: (appId: string, error: unknown) => void;
}

/** What a heal came to. `no-token`: a refresh failed lately or did not end in time. `unknown-account`: not added, or disabled. */
export type HealOutcome =
  | { readonly kind: 'token'; readonly token: AccessToken }
  | { readonly kind: 'no-token' | 'unknown-account' };

/** A token that a call was refused with, or why there was none to call with. */
export interface HealRequest {
  readonly appId: string;
  /** The refused token; `undefined` when no token was to be had. */
  readonly refused: { readonly fingerprint: string } | undefined;
  /** When the outcome is of no more use, epoch milliseconds. */
  readonly deadline: number;
}

const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 150;
/** Whoever claimed before may have died. */
const CLAIM_AGAIN_AFTER_MS = 500;

/**
 * Finds a token that is worth one more call. One caller of many starts the refresh, the others watch the table; all of them end with the
 * outcome of the same refresh.
 * @throws the table's error when it does not answer
 */
export async function heal(dependencies: HealDependencies, request: HealRequest): Promise<HealOutcome> {
  const { reader, clock, random } = dependencies;
  const { appId, deadline } = request;
  let mayClaimAt = 0;
  let firstVersion: number | undefined;
  for (;;) {
    const state = await reader.reread(appId);
    const now = clock.now();
    if (state === undefined || state.disabled) return { kind: 'unknown-account' };
    // Memory may have been older than a commit of the same token: only one after the refusal says that it works.
    firstVersion ??= state.version;
    const token = tokenWorthACall(state, firstVersion, request, now);
    if (token !== undefined) return { kind: 'token', token };
    if (now >= deadline) return { kind: 'no-token' };
    if (liveLease(state, now) === undefined) {
      // A refresh has just failed: until its cooldown ends another one would be refused.
      if (state.cooldownEnd > now) return { kind: 'no-token' };
      if (now >= mayClaimAt) {
        const ended = await startRefresh(dependencies, request);
        mayClaimAt = now + (ended ? HEAL_MARKER_MS : CLAIM_AGAIN_AFTER_MS);
        if (ended) continue;
      }
    }
    const wait = SHORTEST_WAIT_MS + random() * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS);
    await clock.sleep(Math.min(wait, deadline - now));
  }
}

/** Another token than the refused one, or the same after a probe or a commit has said that it works. */
function tokenWorthACall(
  state: TokenState,
  firstVersion: number,
  { refused }: HealRequest,
  now: number,
): AccessToken | undefined {
  const token = usableToken(state, now);
  if (token === undefined || refused === undefined) return token;
  const proven = state.provenAt !== undefined && state.provenAt > now - PROVEN_FOR_MS;
  return token.fingerprint !== refused.fingerprint || state.version !== firstVersion || proven ? token : undefined;
}

/** `true` when this environment's refresh has ended, well or badly; `false` when it is somebody else's to run. */
async function startRefresh(
  dependencies: HealDependencies,
  { appId, refused, deadline }: HealRequest,
): Promise<boolean> {
  const { markers, invoker, clock, onInvokeError } = dependencies;
  if (!(await markers.claim(appId, refused?.fingerprint ?? NO_TOKEN, clock.now()))) return false;
  try {
    await invoker.invoke(appId, refused?.fingerprint, deadline);
  } catch (error) {
    onInvokeError(appId, error);
  }
  return true;
}

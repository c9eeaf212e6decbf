import type { Clock } from '../clock.ts';
import type { Caller } from './caller.ts';
import { createLimitShare, type LimitShare } from './limit-share.ts';
import type { LimitStore } from './limit-store.ts';
import { type EndpointWindow, type LimitWindow, limitWindows, type UsedUp } from './limit-window.ts';

/** An environment reserves what it used in so long: it writes about as often. */
const BLOCK_MS = 5_000;
const MAX_USES = 1_000;

/** The limits of callers as one environment keeps them. */
export interface CallLimiter {
  /**
   * Counts one call of the caller; `undefined` when it may go up, else the limit that is used up. All environments together never let more pass
   * than a window's share. Calls are reserved in blocks: what an environment has reserved and does not come to use is lost, so that a window
   * may end a little early. A caller without limits costs nothing, a call over a limit that is known to be used up no write.
   * @param endpoint the windows of the endpoint where it is shared: a call is counted in all its windows or in none
   * @throws the table's error when it does not answer and nothing is held: nobody knows then whether the call is within the limits
   */
  admit(caller: Pick<Caller, 'id' | 'limits'>, endpoint?: readonly EndpointWindow[]): Promise<UsedUp | undefined>;
}

/** What the limiter needs. */
export interface CallLimiterDependencies {
  readonly store: LimitStore;
  readonly clock: Pick<Clock, 'now'>;
}

/** What one environment knows of one caller, or of one endpoint. */
interface Use {
  /** When it made calls, epoch milliseconds; the old ones are dropped with each reservation. */
  recent: number[];
  /** By the kind of limit. */
  readonly shares: Map<UsedUp, LimitShare>;
}

/** Limits by blocks, without timers: a frozen environment has none. Holds the 1,000 callers and endpoints that were used last. */
export function createCallLimiter({ store, clock }: CallLimiterDependencies): CallLimiter {
  // In order of use, the longest unused first.
  const uses = new Map<string, Use>();

  function useOf(name: string): Use {
    const use = uses.get(name) ?? { recent: [], shares: new Map() };
    uses.delete(name);
    uses.set(name, use);
    const [oldest] = uses.keys();
    if (uses.size > MAX_USES && oldest !== undefined) uses.delete(oldest);
    return use;
  }

  function recentCalls(use: Use): number {
    const now = clock.now();
    use.recent = use.recent.filter((at) => at <= now && at > now - BLOCK_MS);
    return use.recent.length;
  }

  function shareOf(use: Use, owner: string, window: LimitWindow): LimitShare {
    const present = use.shares.get(window.usedUp);
    if (present?.window.id === window.id && present.window.share === window.share) return present;
    const share = createLimitShare({ store, owner, window, recentCalls: () => recentCalls(use) });
    use.shares.set(window.usedUp, share);
    return share;
  }

  return {
    async admit({ id, limits }, endpoint = []) {
      if (limits === undefined && endpoint.length === 0) return undefined;
      const now = clock.now();
      const own = limitWindows(limits ?? {}, now).map((window) => ({ use: useOf(id), owner: id, window }));
      const shared = endpoint.map((window) => ({
        use: useOf(`${window.owner} ${window.of}`),
        owner: window.owner,
        window,
      }));
      const counted = [...own, ...shared];
      const usedUp = await takeFromEach(counted.map(({ use, owner, window }) => shareOf(use, owner, window)));
      if (usedUp === undefined) for (const use of new Set(counted.map((each) => each.use))) use.recent.push(now);
      return usedUp;
    },
  };
}

/** Takes one call from every share or from none. */
async function takeFromEach(shares: readonly LimitShare[]): Promise<UsedUp | undefined> {
  const taken: LimitShare[] = [];
  try {
    for (const share of shares) {
      if (!(await share.take())) return share.window.usedUp;
      taken.push(share);
    }
  } finally {
    if (taken.length < shares.length) for (const share of taken) share.giveBack();
  }
  return undefined;
}

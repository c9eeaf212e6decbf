import type { LimitStore } from './limit-store.ts';
import type { EndpointWindow, LimitWindow } from './limit-window.ts';

/** Of a share: what one environment may hold at once, and so lose when it is never called again. */
const LARGEST_BLOCK = 0.01;
/** Of a share: from here on calls are reserved one by one, while the blocks that are out are used up. */
const BLOCKS_END = 0.95;

/** What one environment holds of one window. */
export interface LimitShare {
  readonly window: LimitWindow;
  /**
   * Takes one call, reserving more when none is held; `false` when the window is used up, which costs no further write.
   * @throws the table's error when it does not answer: then nothing was taken
   */
  take(): Promise<boolean>;
  /** Puts back one that was taken and came to nothing. */
  giveBack(): void;
}

/** What a share needs. */
export interface LimitShareDependencies {
  readonly store: LimitStore;
  /** Under whose name the window is stored: a caller's id, or an app ID for a quota that callers share. */
  readonly owner: string;
  readonly window: LimitWindow & Pick<EndpointWindow, 'blocksOf'>;
  /** How many calls this environment made for the caller just now: the size of the next block. */
  readonly recentCalls: () => number;
}

/** One environment's part of a window, empty at first. Calls that wait at the same time wait for one reservation. */
export function createLimitShare({ store, owner, window, recentCalls }: LimitShareDependencies): LimitShare {
  const { share } = window;
  const largestBlock = Math.floor((window.blocksOf ?? share) * LARGEST_BLOCK);
  const blocksEnd = Math.floor(share * BLOCKS_END);
  let held = 0;
  // What all environments had reserved when this one last heard of it; it never falls.
  let reserved = 0;
  let usedUp = false;
  let flight: Promise<void> | undefined;

  async function reserve(calls: number, most: number): Promise<boolean> {
    const total = await store.reserve({ callerId: owner, window, calls, most });
    if (total === undefined) return false;
    reserved = total;
    held += calls;
    return true;
  }

  async function refill(): Promise<void> {
    const block = Math.min(recentCalls() + 1, largestBlock);
    if (block > 1 && reserved + block <= blocksEnd) {
      if (await reserve(block, blocksEnd)) return;
      reserved = blocksEnd;
    }
    usedUp = !(await reserve(1, share));
  }

  async function take(): Promise<boolean> {
    if (held > 0) {
      held -= 1;
      return true;
    }
    if (usedUp) return false;
    flight ??= refill().finally(() => {
      flight = undefined;
    });
    await flight;
    // Others that waited for the same flight may have taken all of it.
    return take();
  }

  return {
    window,
    take,
    giveBack() {
      held += 1;
    },
  };
}

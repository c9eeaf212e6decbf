import type { Clock } from '#shared/clock.ts';

/** A {@link Clock} that stands still until a test moves it. */
export interface MovableClock extends Clock {
  /**
   * While true, nobody has to advance: as soon as the code at hand waits for nothing but sleeps and real input and output, time jumps to
   * the end of the earliest sleep. Code that waits for a socket sees time jump past it: then `advance` instead.
   */
  autoAdvance: boolean;
  /** How many sleeps have not ended. */
  readonly sleepers: number;
  /**
   * Moves time ahead. Every sleep that ends on the way ends at its own moment, the earliest first, those of one moment in the order they
   * began; before time moves on, the code it woke runs until it waits again. A sleep that this code begins ends on the same way too.
   */
  advance(durationMs: number): Promise<void>;
  /** Sets the clock without ending any sleep, as a correction by NTP would; back as well as ahead. */
  set(now: number): void;
}

/** 2026-11-20, noon in UTC+8: far from the end of a quota day. */
const NOON = Date.UTC(2026, 10, 20, 4);

interface Sleep {
  readonly endsAt: number;
  readonly wake: () => void;
}

/** Starts at `startAt`, epoch milliseconds. */
export function createMovableClock(startAt: number = NOON): MovableClock {
  let now = startAt;
  let sleeps: readonly Sleep[] = [];

  const wakeNext = (until: number): boolean => {
    const next = sleeps.reduce<Sleep | undefined>(
      (earliest, sleep) => (earliest === undefined || sleep.endsAt < earliest.endsAt ? sleep : earliest),
      undefined,
    );
    if (next === undefined || next.endsAt > until) return false;
    sleeps = sleeps.filter((sleep) => sleep !== next);
    now = Math.max(now, next.endsAt);
    next.wake();
    return true;
  };

  const clock: MovableClock = {
    autoAdvance: false,
    now: () => now,
    get sleepers() {
      return sleeps.length;
    },
    async sleep(durationMs, signal) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const sleep = { endsAt: now + durationMs, wake: resolve };
        sleeps = [...sleeps, sleep];
        signal?.addEventListener('abort', () => {
          sleeps = sleeps.filter((other) => other !== sleep);
          reject(signal.reason);
        });
        if (clock.autoAdvance) void settled().then(() => wakeNext(Number.POSITIVE_INFINITY));
      });
    },
    async advance(durationMs) {
      const until = now + durationMs;
      await settled();
      while (wakeNext(until)) await settled();
      now = Math.max(now, until);
      await settled();
    },
    set(to) {
      now = to;
    },
  };
  return clock;
}

/** Resolves once all code that waits for nothing but promises has run. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#shared/clock.ts';

/** A {@link Clock} for tests in which real processes and sockets work at their own pace: time passes only when the test says so. */
export interface StillClock extends Clock {
  /** How many sleeps have ended. */
  readonly slept: number;
  set(now: number): void;
}

/**
 * Stands at `startAt` (epoch milliseconds) until it is set, so that no lease, cooldown or budget ends because the machine is slow. Whoever
 * sleeps waits for real, `stretch` times as long, and then looks again.
 */
export function createStillClock(startAt: number, stretch = 1): StillClock {
  let now = startAt;
  let slept = 0;
  return {
    now: () => now,
    async sleep(durationMs, signal) {
      await delay(durationMs * stretch, undefined, signal === undefined ? {} : { signal });
      slept += 1;
    },
    get slept() {
      return slept;
    },
    set(to) {
      now = to;
    },
  };
}

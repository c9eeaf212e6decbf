import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#shared/clock.ts';

/** The machine's own clock, whose sleeps do not keep the process alive: for work that repeats for as long as something else runs. */
export const backgroundClock: Clock = {
  now: () => Date.now(),
  sleep: (durationMs, signal) =>
    delay(durationMs, undefined, signal === undefined ? { ref: false } : { signal, ref: false }),
};

/** The simulator's clock, in epoch milliseconds. It runs on its own and can be moved ahead. */
export interface MovableClock {
  now(): number;
  /** Moves the clock ahead at once. Throws when the time was injected: then its owner moves it. */
  advance(ms: number): void;
}

/** A clock on top of `Date.now()`, or on top of the injected time, which cannot be moved here. */
export function movableClock(injectedNow?: () => number): MovableClock {
  let offsetMs = 0;
  return {
    now: () => (injectedNow ? injectedNow() : Date.now() + offsetMs),
    advance(ms) {
      if (injectedNow) throw new Error('the time of this simulator was injected: move the injected clock instead');
      offsetMs += ms;
    },
  };
}

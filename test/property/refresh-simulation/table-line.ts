import type { Actor, ActorWorld } from './actor.ts';

/** The table did not answer, after all retries. */
export class TableUnreachable extends Error {
  override readonly name = 'TableUnreachable';
}

/** Carries a request to the table and its outcome back. */
export type Transmit = <Outcome>(request: () => Outcome) => Promise<Outcome>;

const TRIES = 3;
const TRY_TIMEOUT_MS = 1_000;
const ALL_TRIES_MS = TRIES * TRY_TIMEOUT_MS;
/** The SDK waits up to this long before its second try, and twice as long before the third. */
const LONGEST_BACKOFF_MS = 100;

/**
 * Carries the requests of one environment to the table as the SDK does: up to three tries of a second each. What the adapter does after a
 * lost answer (a retry that finds the write done, or a read) is in calling `request` again.
 */
export function tableLine({ time, weather }: ActorWorld, actor: Actor, random: () => number): Transmit {
  /** How long the tries take that the table turns away; `undefined` when it does so with all of them. */
  const throttledMs = (): number | undefined => {
    let waitedMs = 0;
    for (let tried = 0; tried < TRIES; tried += 1) {
      if (!weather.isThrottled()) return waitedMs;
      waitedMs += random() * LONGEST_BACKOFF_MS * 2 ** tried;
    }
    return undefined;
  };

  return async <Outcome>(request: () => Outcome): Promise<Outcome> => {
    const pauseMs = weather.pauseBeforeTableMs();
    if (pauseMs > 0) await new Promise<void>((resolve) => actor.deliver(resolve, pauseMs));
    return new Promise((resolve, reject) => {
      const answer = (outcome: Outcome): void =>
        time.after(weather.tableLegMs(), () => actor.deliver(() => resolve(outcome)));
      const fail = (afterMs: number): void => {
        weather.faultUntil(time.now + afterMs);
        time.after(afterMs, () => actor.deliver(() => reject(new TableUnreachable())));
      };
      const late = (): void => {
        const afterMs = weather.latenessMs();
        weather.faultUntil(time.now + afterMs);
        time.after(afterMs, () => void request());
      };
      const turnedAwayMs = throttledMs();
      if (turnedAwayMs === undefined) return fail(weather.climate.throttling < 1 ? LONGEST_BACKOFF_MS : ALL_TRIES_MS);
      const there = turnedAwayMs + weather.tableLegMs();
      switch (weather.tableFate()) {
        case 'works':
          return time.after(there, () => answer(request()));
        case 'lost-request':
          return fail(ALL_TRIES_MS);
        case 'unreachable-after':
          time.after(there, () => void request());
          return fail(ALL_TRIES_MS);
        case 'all-tries-late':
          late();
          return fail(ALL_TRIES_MS);
        case 'lost-answer':
          time.after(there, () => void request());
          return time.after(there + TRY_TIMEOUT_MS, () => answer(request()));
        case 'first-try-late':
          late();
          return time.after(there + TRY_TIMEOUT_MS, () => answer(request()));
      }
    });
  };
}

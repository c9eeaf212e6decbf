import type { Actor } from './actor.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';

/** The table did not answer, after all retries. */
export class TableUnreachable extends Error {
  override readonly name = 'TableUnreachable';
}

const TRY_TIMEOUT_MS = 1_000;
const ALL_TRIES_MS = 3_000;

/**
 * Carries the requests of one environment to the table as the SDK does: up to three tries of a second each. What the adapter does after a
 * lost answer (a retry that finds the write done, or a read) is in calling `request` again.
 */
export function tableLine(time: VirtualTime, weather: Weather, actor: Actor) {
  return async <Outcome>(request: () => Outcome): Promise<Outcome> => {
    const pauseMs = weather.pauseBeforeTableMs();
    if (pauseMs > 0) await new Promise<void>((resolve) => actor.deliver(resolve, pauseMs));
    return new Promise((resolve, reject) => {
      const answer = (outcome: Outcome): void =>
        time.after(weather.tableLegMs(), () => actor.deliver(() => resolve(outcome)));
      const fail = (afterMs: number): void =>
        time.after(afterMs, () => actor.deliver(() => reject(new TableUnreachable())));
      const fate = weather.tableFate();
      const there = weather.tableLegMs();
      switch (fate) {
        case 'works':
          time.after(there, () => answer(request()));
          return;
        case 'lost-request':
          fail(ALL_TRIES_MS);
          return;
        case 'unreachable-after':
          time.after(there, () => void request());
          fail(ALL_TRIES_MS);
          return;
        case 'all-tries-late':
          time.after(weather.latenessMs(), () => void request());
          fail(ALL_TRIES_MS);
          return;
        case 'lost-answer':
          time.after(there, () => void request());
          time.after(there + TRY_TIMEOUT_MS, () => answer(request()));
          return;
        case 'first-try-late':
          time.after(weather.latenessMs(), () => void request());
          time.after(there + TRY_TIMEOUT_MS, () => answer(request()));
          return;
      }
    });
  };
}

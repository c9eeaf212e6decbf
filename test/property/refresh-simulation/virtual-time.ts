import { settled } from '../../movable-clock.ts';

interface Event {
  readonly at: number;
  readonly run: () => void;
}

/** The one true time of a simulated world, in epoch milliseconds, and what is to happen in it. */
export class VirtualTime {
  #now: number;
  /** In the order in which they will happen. */
  readonly #events: Event[] = [];

  constructor(startAt: number) {
    this.#now = Math.round(startAt);
  }

  get now(): number {
    return this.#now;
  }

  /** Runs `run` so much later; of two things at the same moment the one asked for first comes first. */
  after(durationMs: number, run: () => void): void {
    const at = this.#now + Math.max(0, Math.round(durationMs));
    const position = this.#events.findLastIndex((event) => event.at <= at) + 1;
    this.#events.splice(position, 0, { at, run });
  }

  /** Lets time pass; between two events all code runs until it waits for a later one. */
  async runUntil(end: number): Promise<void> {
    await settled();
    for (let next = this.#events[0]; next !== undefined && next.at <= end; next = this.#events[0]) {
      this.#events.shift();
      this.#now = next.at;
      next.run();
      await settled();
    }
    this.#now = Math.round(end);
  }
}

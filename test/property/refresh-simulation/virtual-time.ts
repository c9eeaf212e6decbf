interface Event {
  readonly at: number;
  /** Of two events at the same moment the one asked for first comes first. */
  readonly order: number;
  readonly run: () => void;
}

/** Now and then the real event loop gets its turn, so that signals and a test runner's messages are heard. */
const EVENTS_PER_TURN = 5_000;

/** The one true time of a simulated world, in epoch milliseconds, and what is to happen in it. */
export class VirtualTime {
  #now: number;
  #asked = 0;
  #stopped = false;
  /** A binary heap: every event comes before its two children at 2i + 1 and 2i + 2. */
  readonly #events: Event[] = [];

  constructor(startAt: number) {
    this.#now = Math.round(startAt);
  }

  get now(): number {
    return this.#now;
  }

  /** Runs `run` so much later. */
  after(durationMs: number, run: () => void): void {
    this.#asked += 1;
    this.#push({ at: this.#now + Math.max(0, Math.round(durationMs)), order: this.#asked, run });
  }

  /** Resolves so much later. */
  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.after(durationMs, resolve));
  }

  /**
   * Lets time pass; between two events all code runs until it waits for a later one. It must wait for nothing but promises and this time:
   * real input and output would come at a moment that no seed decides.
   */
  async runUntil(end: number): Promise<void> {
    let events = 0;
    await turn();
    for (let next = this.#events[0]; next !== undefined && next.at <= end; next = this.#events[0]) {
      if (this.#stopped) return;
      this.#shift();
      this.#now = next.at;
      next.run();
      events += 1;
      await (events % EVENTS_PER_TURN === 0 ? turn() : settled());
    }
    this.#now = Math.max(this.#now, Math.round(end));
  }

  /** From now on nothing happens any more. */
  stop(): void {
    this.#stopped = true;
  }

  #push(event: Event): void {
    const events = this.#events;
    let at = events.push(event) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = events[parentAt];
      if (parent === undefined || !isBefore(event, parent)) break;
      events[at] = parent;
      at = parentAt;
    }
    events[at] = event;
  }

  #shift(): void {
    const events = this.#events;
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    let at = 0;
    for (;;) {
      const leftAt = 2 * at + 1;
      const [left, right] = [events[leftAt], events[leftAt + 1]];
      const [child, childAt] =
        right !== undefined && left !== undefined && isBefore(right, left) ? [right, leftAt + 1] : [left, leftAt];
      if (child === undefined || !isBefore(child, last)) break;
      events[at] = child;
      at = childAt;
    }
    events[at] = last;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Resolves once all code that waits for nothing but promises has run: Node begins a new tick only when no promise has anything left to do. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

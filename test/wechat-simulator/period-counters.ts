/**
 * Counters that start again at zero when the period (day, month, minute) of the clock changes.
 * Going back in time counts as a new period too.
 */
export class PeriodCounters {
  readonly #now: () => number;
  readonly #periodOf: (epochMs: number) => string;
  readonly #counts = new Map<string, number>();
  #period = '';

  constructor(now: () => number, periodOf: (epochMs: number) => string) {
    this.#now = now;
    this.#periodOf = periodOf;
  }

  used(key: string): number {
    this.#roll();
    return this.#counts.get(key) ?? 0;
  }

  add(key: string): void {
    this.#counts.set(key, this.used(key) + 1);
  }

  /** Sets one counter, or all of them, back to zero. */
  clear(key?: string): void {
    if (key === undefined) this.#counts.clear();
    else this.#counts.delete(key);
  }

  #roll(): void {
    const period = this.#periodOf(this.#now());
    if (period !== this.#period) this.#counts.clear();
    this.#period = period;
  }
}

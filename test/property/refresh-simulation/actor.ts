import type { Clock } from '#shared/clock.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';

/** Ends for ever the code of an environment that has crashed: nothing ever reaches it again. */
export class Actor {
  readonly name: string;
  /** Its own clock, which is off by a constant. */
  readonly clock: Clock;
  readonly #time: VirtualTime;
  readonly #weather: Weather;
  readonly #note: (line: string) => void;
  readonly #onCrash: (() => void)[] = [];
  #crashed = false;
  #pausedUntil = 0;

  constructor(name: string, skewMs: number, time: VirtualTime, weather: Weather, note: (line: string) => void) {
    this.name = name;
    this.#time = time;
    this.#weather = weather;
    this.#note = note;
    this.clock = {
      now: () => time.now + skewMs,
      sleep: (durationMs) => new Promise((resolve) => time.after(durationMs, () => this.deliver(resolve))),
    };
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  /** Calls `resume` when the environment next runs. It may pause or crash first: every wait of its code ends here. */
  deliver(resume: () => void, pauseMs = this.#weather.pauseMs()): void {
    if (this.#crashed) return;
    if (this.#weather.crashes()) {
      this.#crash();
      return;
    }
    if (pauseMs > 0) {
      this.#note(`${this.name} stands still for ${Math.round(pauseMs)} ms`);
      this.#pausedUntil = Math.max(this.#pausedUntil, this.#time.now + Math.round(pauseMs));
    }
    const waitMs = this.#pausedUntil - this.#time.now;
    if (waitMs <= 0) resume();
    else this.#time.after(waitMs, () => this.#resumeAfterPause(resume));
  }

  /** Called at once when the environment crashes. */
  onCrash(react: () => void): void {
    this.#onCrash.push(react);
  }

  #resumeAfterPause(resume: () => void): void {
    const waitMs = this.#pausedUntil - this.#time.now;
    if (this.#crashed) return;
    if (waitMs > 0) this.#time.after(waitMs, () => this.#resumeAfterPause(resume));
    else resume();
  }

  #crash(): void {
    this.#note(`${this.name} crashes`);
    this.#crashed = true;
    for (const react of this.#onCrash) react();
  }
}

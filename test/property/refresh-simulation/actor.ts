import type { Clock } from '#shared/clock.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';

/** What an {@link Actor} lives in. */
export interface ActorWorld {
  readonly time: VirtualTime;
  readonly weather: Weather;
  readonly note: (line: () => string) => void;
}

/** The process of one environment: it may stand still, and when it has crashed nothing ever reaches its code again. */
export class Actor {
  readonly name: string;
  /** Its own clock, which is off by a constant. */
  readonly clock: Clock;
  readonly #world: ActorWorld;
  readonly #onCrash: (() => void)[] = [];
  #crashed = false;
  #pausedUntil = 0;

  constructor(name: string, skewMs: number, world: ActorWorld) {
    const { time } = world;
    this.name = name;
    this.#world = world;
    this.clock = {
      now: () => time.now + skewMs,
      sleep: (durationMs) => new Promise((resolve) => time.after(durationMs, () => this.deliver(resolve))),
    };
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  get isStandingStill(): boolean {
    return this.#pausedUntil > this.#world.time.now;
  }

  /** Calls `resume` when the environment next runs. It may pause or crash first: every wait of its code ends here. */
  deliver(resume: () => void, pauseMs = this.#world.weather.pauseMs()): void {
    if (this.#crashed) return;
    const { time, weather, note } = this.#world;
    if (weather.crashes()) {
      this.crash();
      return;
    }
    if (pauseMs > 0) {
      note(() => `${this.name} stands still for ${Math.round(pauseMs)} ms`);
      this.#pausedUntil = Math.max(this.#pausedUntil, time.now + Math.round(pauseMs));
      weather.faultUntil(this.#pausedUntil);
    }
    this.#resumeAfterPause(resume);
  }

  /** Called at once when the environment crashes; not at all if it has. */
  onCrash(react: () => void): void {
    this.#onCrash.push(react);
  }

  crash(): void {
    if (this.#crashed) return;
    this.#world.note(() => `${this.name} crashes`);
    this.#crashed = true;
    for (const react of this.#onCrash) react();
  }

  #resumeAfterPause(resume: () => void): void {
    if (this.#crashed) return;
    const waitMs = this.#pausedUntil - this.#world.time.now;
    if (waitMs <= 0) resume();
    else this.#world.time.after(waitMs, () => this.#resumeAfterPause(resume));
  }
}

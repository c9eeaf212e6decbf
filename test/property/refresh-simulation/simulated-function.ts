import { Actor } from './actor.ts';
import type { World } from './world.ts';

/** Any two clocks are at most 2 s apart. */
const SKEW_MS = 1_000;
const COLD_START_MS = 400;
const LONGEST_LIFE_MS = 3 * 3_600_000;

/** The environment of an invocation is gone: it crashed, or ran out of time. */
export class InvocationCutOff extends Error {
  override readonly name = 'InvocationCutOff';
}

/** What a function is made of. */
export interface FunctionSettings<Event, Answer> {
  readonly name: string;
  readonly timeoutMs: number;
  /** How many environments are kept at least, and at most twice as many; more are started when all are at work. */
  readonly environments: number;
  /** A cold environment's handler. */
  readonly start: (actor: Actor) => (event: Event) => Promise<Answer>;
}

interface Environment<Event, Answer> {
  readonly actor: Actor;
  readonly handle: (event: Event) => Promise<Answer>;
  readonly retiresAt: number;
  /** Told when the environment is gone. */
  onEnd: () => void;
}

/** A Lambda function: warm environments that work on one event at a time, are frozen in between, and are replaced when they crash or grow old. */
export class SimulatedFunction<Event, Answer> {
  readonly #world: World;
  readonly #settings: FunctionSettings<Event, Answer>;
  #idle: Environment<Event, Answer>[] = [];
  #started = 0;
  #alive = 0;

  constructor(world: World, settings: FunctionSettings<Event, Answer>) {
    this.#world = world;
    this.#settings = settings;
  }

  /**
   * Runs the handler once.
   * @throws {InvocationCutOff} when its environment does not live to the end, and whatever the handler throws
   */
  invoke(event: Event): Promise<Answer> {
    const { time, random } = this.#world;
    const isCold = this.#idle.length === 0 || this.#alive < this.#settings.environments;
    const environment = isCold ? this.#start() : this.#take();
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (settle: () => void): void => {
        if (over) return;
        over = true;
        environment.onEnd = () => {};
        if (!environment.actor.crashed) this.#putBack(environment);
        settle();
      };
      environment.onEnd = () => end(() => reject(new InvocationCutOff()));
      const run = (): void => {
        environment.handle(event).then(
          (answer) => end(() => resolve(answer)),
          (error: unknown) => end(() => reject(error)),
        );
      };
      time.after(random.between(1, 10) + (isCold ? COLD_START_MS : 0), () => environment.actor.deliver(run));
      // A machine that stands still does not end its functions either.
      time.after(this.#settings.timeoutMs, () => {
        if (!over && !environment.actor.isStandingStill) environment.actor.crash();
      });
    });
  }

  #start(): Environment<Event, Answer> {
    const { random, time } = this.#world;
    const { name, start } = this.#settings;
    this.#started += 1;
    this.#alive += 1;
    const skewMs = random.pick([-SKEW_MS, SKEW_MS, 0, Math.round(random.between(-SKEW_MS, SKEW_MS))]);
    const actor = new Actor(`${name}-${this.#started}`, skewMs, this.#world);
    const environment: Environment<Event, Answer> = {
      actor,
      handle: start(actor),
      retiresAt: time.now + random.between(LONGEST_LIFE_MS / 10, LONGEST_LIFE_MS),
      onEnd: () => {},
    };
    actor.onCrash(() => {
      this.#alive -= 1;
      this.#idle = this.#idle.filter((other) => other !== environment);
      environment.onEnd();
    });
    return environment;
  }

  #take(): Environment<Event, Answer> {
    const at = Math.floor(this.#world.random.fraction() * this.#idle.length);
    const [environment] = this.#idle.splice(at, 1);
    return environment ?? this.#start();
  }

  #putBack(environment: Environment<Event, Answer>): void {
    const isSpare = this.#idle.length >= 2 * this.#settings.environments;
    if (!isSpare && this.#world.time.now < environment.retiresAt) this.#idle.push(environment);
    else this.#alive -= 1;
  }
}

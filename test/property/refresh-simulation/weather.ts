import type { Random } from './random.ts';

/** What one request to the table meets. */
export type TableFate =
  | 'works'
  | 'lost-request'
  | 'lost-answer'
  | 'first-try-late'
  | 'all-tries-late'
  | 'unreachable-after';
/** What one request to WeChat meets. */
export type WechatFate =
  | 'works'
  | 'no-connection'
  | 'lost-request'
  | 'lost-answer'
  | 'arrives-late'
  | 'reset'
  | 'system-error-before'
  | 'system-error-after'
  | 'rejected'
  | 'page';

/** How much goes wrong in one schedule; probabilities per step. */
interface Climate {
  readonly pause: number;
  readonly longestPauseMs: number;
  /** A pause longer than the lease between deciding on a request to the table and sending it. */
  readonly pauseBeforeTable: number;
  readonly crash: number;
  readonly tableTrouble: number;
  readonly wechatTrouble: number;
  readonly slowWechat: number;
  readonly slowTable: number;
}

const CALM: Climate = {
  pause: 0,
  longestPauseMs: 0,
  pauseBeforeTable: 0,
  crash: 0,
  tableTrouble: 0,
  wechatTrouble: 0,
  slowWechat: 0,
  slowTable: 0,
};

/** Draws the faults of one schedule. */
export class Weather {
  readonly #random: Random;
  #climate: Climate;

  /** @param pausesOutliveLeases whether a pause may be longer than a lease */
  constructor(random: Random, pausesOutliveLeases: boolean) {
    this.#random = random;
    this.#climate = {
      pause: random.pick([0, 0.05, 0.25]),
      longestPauseMs: pausesOutliveLeases ? 40_000 : 6_400,
      pauseBeforeTable: pausesOutliveLeases ? random.pick([0, 0.05, 0.3]) : 0,
      crash: random.pick([0, 0.02, 0.15]),
      tableTrouble: random.pick([0, 0.05, 0.2]),
      wechatTrouble: random.pick([0, 0.3, 0.8]),
      slowWechat: random.pick([0, 0.2, 0.8]),
      slowTable: random.pick([0, 0.1, 0.4]),
    };
  }

  get isCalm(): boolean {
    return this.#climate === CALM;
  }

  /** No more faults from now on. */
  calmDown(): void {
    this.#climate = CALM;
  }

  crashes(): boolean {
    return this.#random.chance(this.#climate.crash);
  }

  /** How long the environment stands still before it goes on; 0 mostly. */
  pauseMs(): number {
    if (!this.#random.chance(this.#climate.pause)) return 0;
    const long = this.#climate.longestPauseMs > 6_500 && this.#random.chance(0.5);
    return long ? this.#random.between(6_500, this.#climate.longestPauseMs) : this.#random.between(1, 6_400);
  }

  /** How long the environment stands still just before it sends a request to the table; 0 mostly. */
  pauseBeforeTableMs(): number {
    if (!this.#random.chance(this.#climate.pauseBeforeTable)) return 0;
    return this.#random.between(6_500, this.#climate.longestPauseMs);
  }

  /** One way to the table. */
  tableLegMs(): number {
    return this.#random.chance(this.#climate.slowTable) ? this.#random.between(10, 2_500) : this.#random.between(1, 10);
  }

  /** One way to WeChat, or connecting. */
  wechatLegMs(): number {
    return this.#random.chance(this.#climate.slowWechat)
      ? this.#random.between(50, 5_000)
      : this.#random.between(5, 50);
  }

  /** How late a request may arrive that its sender has given up. */
  latenessMs(): number {
    return this.#random.between(4_000, 25_000);
  }

  tableFate(): TableFate {
    if (!this.#random.chance(this.#climate.tableTrouble)) return 'works';
    return this.#random.pick(['lost-request', 'lost-answer', 'first-try-late', 'all-tries-late', 'unreachable-after']);
  }

  wechatFate(): WechatFate {
    if (!this.#random.chance(this.#climate.wechatTrouble)) return 'works';
    return this.#random.pick([
      'no-connection',
      'lost-request',
      'lost-answer',
      'lost-answer',
      'arrives-late',
      'arrives-late',
      'reset',
      'system-error-before',
      'system-error-after',
      'rejected',
      'page',
    ]);
  }
}

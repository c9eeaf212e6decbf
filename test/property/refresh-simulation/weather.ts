import { CALM, type Climate } from './climate.ts';
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
  | 'quota'
  | 'page'
  | 'odd-answer';
/** What one invocation of a function by another meets. */
export type InvokeFate = 'works' | 'lost-request' | 'lost-answer' | 'arrives-late';

const LEASE_MS = 6_500;

/** Draws the faults of the moment. */
export class Weather {
  readonly #random: Random;
  #climate: Climate = CALM;
  #faultsEndAt = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get climate(): Climate {
    return this.#climate;
  }

  get isCalm(): boolean {
    return this.#climate === CALM;
  }

  /** By when every fault so far has had its whole effect: what stood still runs again, what was late has arrived. Epoch milliseconds. */
  get faultsEndAt(): number {
    return this.#faultsEndAt;
  }

  /** From now on this is how much goes wrong. */
  turn(climate: Climate): void {
    this.#climate = climate;
  }

  /** A fault that was drawn has its effect until then, epoch milliseconds. */
  faultUntil(at: number): void {
    this.#faultsEndAt = Math.max(this.#faultsEndAt, at);
  }

  crashes(): boolean {
    return this.#random.chance(this.#climate.crash);
  }

  /** How long the environment stands still before it goes on; 0 mostly. */
  pauseMs(): number {
    const { pause, longestPauseMs } = this.#climate;
    if (!this.#random.chance(pause)) return 0;
    const long = longestPauseMs > LEASE_MS && this.#random.chance(0.5);
    return long ? this.#longPauseMs() : this.#random.between(1, Math.min(longestPauseMs, LEASE_MS - 100));
  }

  /** How long the environment stands still just before it sends a request to the table; 0 mostly. */
  pauseBeforeTableMs(): number {
    return this.#random.chance(this.#climate.pauseBeforeTable) ? this.#longPauseMs() : 0;
  }

  /** One way to the table. */
  tableLegMs(): number {
    return this.#random.chance(this.#climate.slowTable) ? this.#random.between(10, 2_500) : this.#random.between(1, 10);
  }

  /** How far a replica of the table lags behind it. */
  replicaLagMs(): number {
    return this.#random.chance(this.#climate.slowTable) ? this.#random.between(10, 5_000) : this.#random.between(0, 20);
  }

  /** One way to WeChat, or connecting. */
  wechatLegMs(): number {
    return this.#random.chance(this.#climate.slowWechat)
      ? this.#random.between(50, 5_000)
      : this.#random.between(5, 50);
  }

  /** How late a request may arrive that its sender has given up. */
  latenessMs(): number {
    return this.#random.between(4_000, this.#random.chance(0.5) ? 25_000 : 64_000);
  }

  tableFate(): TableFate {
    if (!this.#random.chance(this.#climate.tableTrouble)) return 'works';
    return this.#random.pick(['lost-request', 'lost-answer', 'first-try-late', 'all-tries-late', 'unreachable-after']);
  }

  /** Whether the table turns one try away. */
  isThrottled(): boolean {
    return this.#random.chance(this.#climate.throttling);
  }

  isSecretAway(): boolean {
    return this.#random.chance(this.#climate.secretsTrouble);
  }

  /** Of an issue call. */
  issueFate(): WechatFate {
    if (this.#climate.tokenEndpointsDown) return this.#random.pick(['page', 'lost-request', 'reset', 'no-connection']);
    const fate = this.probeFate();
    return fate === 'rejected' && this.#random.chance(0.2) ? 'quota' : fate;
  }

  probeFate(): WechatFate {
    if (this.#random.chance(this.#climate.rejections)) return 'rejected';
    return this.#random.chance(this.#climate.wechatTrouble) ? this.#wechatFate() : 'works';
  }

  /** Of a caller's own call. */
  callFate(): WechatFate {
    return this.#random.chance(this.#climate.callTrouble)
      ? this.#random.pick(['no-connection', 'lost-request', 'lost-answer', 'reset', 'system-error-before', 'page'])
      : 'works';
  }

  invokeFate(): InvokeFate {
    if (!this.#random.chance(this.#climate.invokeTrouble)) return 'works';
    return this.#random.pick(['lost-request', 'lost-answer', 'arrives-late']);
  }

  /** Half of the long ones end soon after a lease does: that is where most can go wrong. */
  #longPauseMs(): number {
    const { longestPauseMs } = this.#climate;
    return this.#random.between(LEASE_MS, this.#random.chance(0.5) ? Math.min(25_000, longestPauseMs) : longestPauseMs);
  }

  #wechatFate(): WechatFate {
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
      'page',
      'odd-answer',
    ]);
  }
}

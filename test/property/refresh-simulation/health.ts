import { FORCED_PER_DAY, issuesPerDay } from '#shared/access-token/lease-rules.ts';
import { forcedAttribute } from '#shared/access-token/token-item.dynamodb.ts';
import { usableToken } from '#shared/access-token/token-state.ts';
import { quotaDay } from '#shared/wechat/quota-day.ts';
import type { SimulatedAccount, World } from './world.ts';

const SAMPLE_MS = 1_000;
const HEALTHY_AFTER_MS = 60_000;
/** That a classic token has died is found out by a call, or by the probe of a suspicion when the overlap is over: 5.5 minutes and ticks. */
const QUIET_CLASSIC_AFTER_MS = 8 * 60_000;
/** WeChat tells a token's life in whole seconds, and the stored end counts from the sending of the issue call. */
const ROUNDING_MS = 10_000;

interface Outage {
  seconds: number;
  /** Whether it began before the faults had ended. */
  fromFaults: boolean;
}

/** Looks on whether every account has a token that works, and whether it is so soon after the faults have ended. */
export class Health {
  readonly #world: World;
  readonly #outages = new Map<SimulatedAccount, Outage>();
  readonly #troubleEndsAt = new Map<SimulatedAccount, number>();
  #calmSince = 0;
  #today = '';

  constructor(world: World) {
    this.#world = world;
  }

  /** Looks every second, for as long as the world lasts. */
  async watchForEver(): Promise<void> {
    for (;;) {
      await this.#world.time.sleep(SAMPLE_MS);
      this.#today = quotaDay(this.#world.time.now);
      for (const account of this.#world.accounts.values()) this.#look(account);
    }
  }

  /** Faults stop here. */
  calmBegins(): void {
    this.#calmSince = this.#world.time.now;
  }

  /** A call that began then has failed, and not for a reason of its own. */
  callFailed(account: SimulatedAccount, startedAt: number, cause: string): void {
    if (account.neverFails) this.#breachOf(account, `a call failed with ${cause}`);
    const wellMs = this.#wellMs(account, startedAt);
    if (wellMs <= HEALTHY_AFTER_MS) return;
    this.#breachOf(account, `a call failed with ${cause}, begun ${seconds(wellMs)} s after the faults had ended`);
  }

  #look(account: SimulatedAccount): void {
    const { time } = this.#world;
    const { figures, quiet } = account;
    this.#noteTrouble(account);
    if (isServed(account, time.now)) {
      this.#outages.delete(account);
      return;
    }
    if (account.state.disabled) return;
    const outage = this.#outages.get(account) ?? {
      seconds: 0,
      fromFaults: this.#wellMs(account, time.now) <= SAMPLE_MS,
    };
    this.#outages.set(account, outage);
    outage.seconds += SAMPLE_MS / 1_000;
    figures.outageSeconds += SAMPLE_MS / 1_000;
    figures.longestOutageSeconds = Math.max(figures.longestOutageSeconds, outage.seconds);
    const wellMs = this.#wellMs(account, time.now);
    if (wellMs > 0 && outage.fromFaults)
      figures.worstRecoverySeconds = Math.max(figures.worstRecoverySeconds, seconds(wellMs));
    if (quiet) this.#checkQuiet(account, wellMs);
  }

  #checkQuiet(account: SimulatedAccount, wellMs: number): void {
    const afterMs = account.account.mode === 'classic' ? QUIET_CLASSIC_AFTER_MS : HEALTHY_AFTER_MS;
    if (wellMs <= afterMs) return;
    this.#breachOf(account, `there is no working token ${seconds(wellMs)} s after the faults have ended`);
  }

  #breachOf({ account }: SimulatedAccount, what: string): void {
    this.#world.breach(`${account.appId}: ${what}`);
  }

  /**
   * For how long everything that could keep the account from a token had been over by then; at most 0 if it was not. A pause that WeChat's word
   * or a limit of the day has set is one of these things.
   */
  #wellMs(account: SimulatedAccount, at: number): number {
    const { weather } = this.#world;
    if (!weather.isCalm || this.#isLimited(account)) return 0;
    return at - Math.max(this.#calmSince, weather.faultsEndAt, this.#troubleEndsAt.get(account) ?? 0);
  }

  /** Some faults have their effect later: a token that WeChat ends, or whose successor went to somebody else; a pause or a limit of the day. */
  #noteTrouble(account: SimulatedAccount): void {
    const { token, failure, cooldownEnd } = account.state;
    const endsAt = token === undefined ? 0 : account.model.endOf(token.value);
    const isCutShort = token !== undefined && endsAt < token.expiresAt - ROUNDING_MS;
    const pausedUntil = failure === undefined || failure.class === 'unavailable' ? 0 : cooldownEnd;
    const limitedUntil = this.#isLimited(account) ? this.#world.time.now : 0;
    const known = this.#troubleEndsAt.get(account) ?? 0;
    this.#troubleEndsAt.set(account, Math.max(known, isCutShort ? endsAt : 0, pausedUntil, limitedUntil));
  }

  #isLimited({ account, state }: SimulatedAccount): boolean {
    const { items, reach } = this.#world;
    const today = this.#today;
    const forced = Number(items.get(account.appId)?.[forcedAttribute(today)]?.N ?? 0);
    const needsForce = state.failure?.cause === 'forced-issue-not-allowed';
    const limited =
      (state.issued[today] ?? 0) >= issuesPerDay(account.testAccount) || (needsForce && forced >= FORCED_PER_DAY);
    if (limited) reach('a limit of the day');
    return limited;
  }
}

function isServed({ state, model }: SimulatedAccount, now: number): boolean {
  const token = usableToken(state, now);
  return token !== undefined && model.accepts(token.value, now);
}

function seconds(durationMs: number): number {
  return Math.round(durationMs / 1_000);
}

import { ISSUE_DEADLINE_MS } from '#shared/access-token/lease-rules.ts';
import {
  type AttemptLimits,
  type UpstreamAnswer,
  UpstreamFailure,
  type UpstreamRequest,
  type WechatApi,
} from '#shared/wechat/wechat-api.ts';
import type { Actor } from './actor.ts';
import { type Asked, askedBy } from './asked.ts';
import type { WechatFate } from './weather.ts';
import type { Answer } from './wechat-model.ts';
import type { SimulatedAccount, World } from './world.ts';

const REJECTED = { errcode: 40164, errmsg: 'invalid ip 203.0.113.9, not in whitelist rid: 1-2-3' };
const QUOTAS: readonly [Answer, ...Answer[]] = [
  { errcode: 45009, errmsg: 'reach max api daily quota limit rid: 1-2-3' },
  { errcode: 45011, errmsg: 'api minute-quota reach limit, must slower, retry next minute rid: 1-2-3' },
];

/** The way of one environment to WeChat's hosts. `isByOperator` tells for whom the environment is at work. */
export function wechatLine(world: World, actor: Actor, isByOperator: () => boolean): WechatApi {
  return {
    connectAhead: () => undefined,
    attempt: (origin, request, limits) =>
      new Promise((resolve, reject) => {
        new Exchange(world, actor, { origin, request, limits, isByOperator, resolve, reject }).connect();
      }),
  };
}

interface Attempt {
  readonly origin: string;
  readonly request: UpstreamRequest;
  readonly limits: AttemptLimits;
  readonly isByOperator: () => boolean;
  readonly resolve: (answer: UpstreamAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

class Exchange {
  readonly #world: World;
  readonly #actor: Actor;
  readonly #attempt: Attempt;
  readonly #asked: Asked;
  readonly #account: SimulatedAccount;
  readonly #fate: WechatFate;
  #sent = false;
  #over = false;
  #landed: () => void = () => {};

  constructor(world: World, actor: Actor, attempt: Attempt) {
    const { appId, asked } = askedBy(world, attempt.request);
    const account = world.accounts.get(appId);
    if (account === undefined) throw new TypeError(`no account ${appId}`);
    this.#world = world;
    this.#actor = actor;
    this.#attempt = attempt;
    this.#asked = asked;
    this.#account = account;
    this.#fate = this.#drawFate();
  }

  connect(): void {
    const { time, weather } = this.#world;
    const { deadline, firstByteTimeoutMs } = this.#attempt.limits;
    const leftMs = deadline - this.#actor.clock.now();
    const isFaulty = this.#fate !== 'works';
    // A call that nothing keeps up needs nobody to watch its time.
    if (isFaulty || this.#asked.kind !== 'call') {
      const watchMs = Math.min(leftMs, firstByteTimeoutMs);
      if (!weather.isCalm || isFaulty) weather.faultUntil(time.now + Math.max(0, watchMs));
      time.after(watchMs, () =>
        this.#actor.deliver(() => this.#fail(watchMs < leftMs ? 'first-byte-timeout' : 'deadline')),
      );
    }
    const connected = (): void => (this.#fate === 'no-connection' ? this.#fail('connect') : this.#send());
    time.after(weather.wechatLegMs(), () => this.#actor.deliver(connected));
  }

  #drawFate(): WechatFate {
    const { weather } = this.#world;
    switch (this.#asked.kind) {
      case 'issue':
        return weather.issueFate();
      case 'probe':
        return weather.probeFate();
      case 'call':
        return weather.callFate();
    }
  }

  /** Runs in the environment, in one go with the check that `onSend` makes. */
  #send(): void {
    if (this.#over) return;
    try {
      this.#attempt.limits.onSend?.();
    } catch (error) {
      this.#over = true;
      this.#attempt.reject(error);
      return;
    }
    this.#sent = true;
    if (this.#asked.kind === 'issue') this.#noteIssue(this.#asked.force);
    if (this.#asked.kind === 'probe') this.#account.figures.probes += 1;
    if (this.#asked.kind === 'call') this.#asked.call.sentWith(this.#asked.token);
    this.#travel();
  }

  #noteIssue(forced: boolean): void {
    const { time, note } = this.#world;
    const { name } = this.#actor;
    const { invariants, figures } = this.#account;
    note(() => `${name} sends an issue call for ${this.#account.account.appId} (${this.#fate})`);
    figures.issues += 1;
    if (forced) figures.forcedIssues += 1;
    this.#landed = invariants.issueSent({ who: name, forced, byOperator: this.#attempt.isByOperator(), at: time.now });
    this.#actor.onCrash(this.#landed);
    const leftMs = this.#attempt.limits.deadline - this.#actor.clock.now();
    // Sent past its deadline, which never should be, it is in flight for as long as any other call.
    time.after(leftMs > 0 ? leftMs : ISSUE_DEADLINE_MS, this.#landed);
  }

  #travel(): void {
    const { time, weather, random } = this.#world;
    const there = weather.wechatLegMs();
    switch (this.#fate) {
      case 'works':
        return time.after(there, () => this.#answer(this.#serve()));
      case 'lost-answer':
        return time.after(there, () => void this.#serve());
      case 'arrives-late': {
        const lateMs = weather.latenessMs();
        weather.faultUntil(time.now + lateMs);
        return time.after(lateMs, () => void this.#serve());
      }
      case 'reset':
        return time.after(there, () => {
          this.#serve();
          this.#back(() => this.#fail('reset'));
        });
      case 'system-error-before':
        return time.after(there, () => this.#answer({ errcode: -1, errmsg: 'system error rid: 1-2-3' }));
      case 'system-error-after':
        return time.after(there, () => {
          this.#serve();
          this.#answer({ errcode: -1, errmsg: 'system error' });
        });
      case 'rejected':
        return time.after(there, () => this.#answer(REJECTED));
      case 'quota':
        return time.after(there, () => this.#answer(random.pick(QUOTAS)));
      case 'page':
        return time.after(there, () => this.#answer('<html>502</html>', 502));
      case 'odd-answer':
        return time.after(there, () => this.#answer(JSON.stringify(this.#serve()).slice(0, -2)));
      case 'lost-request':
      case 'no-connection':
    }
  }

  /** WeChat does what it is asked, at the moment the request arrives. */
  #serve(): Answer {
    const { time, note } = this.#world;
    const { model, invariants, figures } = this.#account;
    const asked = this.#asked;
    if (asked.kind === 'issue') {
      const answer = model.issue(asked, time.now);
      note(() => `WeChat answers ${this.#actor.name}: ${JSON.stringify(answer)}`);
      return answer;
    }
    const answer = model.call(asked.token, time.now);
    if ('errcode' in answer && asked.kind === 'probe') invariants.probeRefused(asked.token);
    if ('errcode' in answer && asked.kind === 'call') figures.refusals += 1;
    if (asked.kind === 'call' && asked.call.isOdd) return { errcode: 40001, errmsg: 'invalid credential rid: 1-2-3' };
    return answer;
  }

  #answer(content: Answer | string, status = 200): void {
    const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
    this.#back(() => {
      if (this.#over) return;
      this.#over = true;
      if (this.#asked.kind === 'call') this.#asked.call.answered(this.#world.time.now, this.#isRefused(content));
      this.#attempt.resolve({ status, headers: [], body, origin: this.#attempt.origin });
    });
  }

  #isRefused(content: Answer | string): boolean {
    return typeof content !== 'string' && content['errcode'] === 40001;
  }

  #back(arrive: () => void): void {
    const { time, weather } = this.#world;
    time.after(weather.wechatLegMs(), () => {
      this.#landed();
      this.#actor.deliver(arrive);
    });
  }

  #fail(kind: 'connect' | 'deadline' | 'first-byte-timeout' | 'reset'): void {
    if (this.#over) return;
    this.#over = true;
    this.#attempt.reject(new UpstreamFailure(kind, this.#attempt.origin, this.#sent));
  }
}

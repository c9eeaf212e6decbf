import { ISSUE_DEADLINE_MS } from '#shared/access-token/lease-rules.ts';
import type { CallLimits, Upstream } from '#shared/wechat/upstream.ts';
import { type UpstreamAnswer, UpstreamFailure, type UpstreamRequest } from '#shared/wechat/wechat-api.ts';
import type { Actor } from './actor.ts';
import type { Invariants } from './invariants.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather, WechatFate } from './weather.ts';
import type { Answer, WechatModel } from './wechat-model.ts';

const ORIGIN = 'https://api.weixin.qq.com';
const PROBE_PATH = '/cgi-bin/get_api_domain_ip';
const REJECTED = { errcode: 40164, errmsg: 'invalid ip 203.0.113.9, not in whitelist rid: 1-2-3' };

/** Everything that the calls of one schedule share. */
export interface WechatWorld {
  readonly time: VirtualTime;
  readonly weather: Weather;
  readonly model: WechatModel;
  readonly invariants: Invariants;
  readonly note: (line: string) => void;
}

/** The way of one environment to WeChat. */
export function wechatLine(world: WechatWorld, actor: Actor): Upstream {
  return {
    call: (request, limits) =>
      new Promise((resolve, reject) => {
        new Exchange(world, actor, request, limits, resolve, reject).connect();
      }),
  };
}

class Exchange {
  readonly #world: WechatWorld;
  readonly #actor: Actor;
  readonly #request: UpstreamRequest;
  readonly #limits: CallLimits;
  readonly #resolve: (answer: UpstreamAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #fate: WechatFate;
  #sent = false;
  #over = false;
  #landed: () => void = () => {};

  constructor(
    world: WechatWorld,
    actor: Actor,
    request: UpstreamRequest,
    limits: CallLimits,
    resolve: (answer: UpstreamAnswer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#world = world;
    this.#actor = actor;
    this.#request = request;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#fate = world.weather.wechatFate();
  }

  connect(): void {
    const { time, weather } = this.#world;
    const leftMs = this.#limits.deadline - this.#actor.clock.now();
    time.after(leftMs, () => this.#actor.deliver(() => this.#fail('deadline')));
    const connected = (): void => (this.#fate === 'no-connection' ? this.#fail('connect') : this.#send());
    time.after(weather.wechatLegMs(), () => this.#actor.deliver(connected));
  }

  /** Runs in the environment, in one go with the check that `onSend` makes. */
  #send(): void {
    if (this.#over) return;
    try {
      this.#limits.onSend?.();
    } catch (error) {
      this.#over = true;
      this.#reject(error);
      return;
    }
    this.#sent = true;
    if (this.#request.path !== PROBE_PATH) {
      this.#world.note(`${this.#actor.name} sends an issue call (${this.#fate})`);
      this.#landed = this.#world.invariants.issueSent(this.#actor.name);
      this.#actor.onCrash(this.#landed);
      const leftMs = this.#limits.deadline - this.#actor.clock.now();
      // Sent past its deadline, which never should be, it is in flight for as long as any other call.
      this.#world.time.after(leftMs > 0 ? leftMs : ISSUE_DEADLINE_MS, this.#landed);
    }
    this.#travel();
  }

  #travel(): void {
    const { time, weather } = this.#world;
    const there = weather.wechatLegMs();
    switch (this.#fate) {
      case 'works':
        return time.after(there, () => this.#answer(this.#serve()));
      case 'lost-answer':
        return time.after(there, () => void this.#serve());
      case 'arrives-late':
        return time.after(weather.latenessMs(), () => void this.#serve());
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
      case 'page':
        return time.after(there, () => this.#answer('<html>502</html>', 502));
      case 'lost-request':
      case 'no-connection':
    }
  }

  /** WeChat does what it is asked, at the moment the request arrives. */
  #serve(): Answer {
    const { time, model, invariants } = this.#world;
    const { path, query, body } = this.#request;
    const parameters = new URLSearchParams(query);
    if (path === PROBE_PATH) {
      const token = parameters.get('access_token') ?? '';
      const answer = model.call(token, time.now);
      if ('errcode' in answer) invariants.probeRefused(token);
      return answer;
    }
    const mode = path === '/cgi-bin/token' ? 'classic' : 'stable';
    const asked: Record<string, unknown> =
      mode === 'classic' ? Object.fromEntries(parameters) : JSON.parse(Buffer.from(body ?? []).toString());
    const answer = model.issue(
      { mode, secret: String(asked['secret']), force: asked['force_refresh'] === true },
      time.now,
    );
    this.#world.note(`WeChat answers ${this.#actor.name}: ${JSON.stringify(answer)}`);
    return answer;
  }

  #answer(content: Answer | string, status = 200): void {
    const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
    this.#back(() => {
      if (this.#over) return;
      this.#over = true;
      this.#resolve({ status, headers: [], body, origin: ORIGIN });
    });
  }

  #back(arrive: () => void): void {
    const { time, weather } = this.#world;
    time.after(weather.wechatLegMs(), () => {
      this.#landed();
      this.#actor.deliver(arrive);
    });
  }

  #fail(kind: 'connect' | 'deadline' | 'reset'): void {
    if (this.#over) return;
    this.#over = true;
    this.#reject(new UpstreamFailure(kind, ORIGIN, this.#sent));
  }
}

import type { HealMarkers } from '#shared/access-token/heal-marker.ts';
import { HEAL_MARKER_MS } from '#shared/access-token/heal-marker.ts';
import { healEvent } from '#shared/access-token/refresh-event.ts';
import type { RefreshInvoker } from '#shared/access-token/refresh-invoker.ts';
import { createTokenReader } from '#shared/access-token/token-reader.ts';
import type { TokenState } from '#shared/access-token/token-state.ts';
import type { TokenStore } from '#shared/access-token/token-store.ts';
import type { CallTrace } from '#shared/api-call/call-trace.ts';
import { type CallDependencies, callWechatApi } from '#shared/api-call/call-wechat-api.ts';
import { CALL_BUDGET_MS } from '#shared/api-call/forward.ts';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerDirectory } from '#shared/caller/caller-directory.ts';
import { createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { NOTHING_LEARNT } from '#shared/quota/learnt-quotas.ts';
import { quotaPlan } from '#shared/quota/quota-plan.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import type { Actor } from './actor.ts';
import { type ProxiedCall, queryOf } from './proxied-call.ts';
import { ORIGINS, type RefreshFunction } from './refresh-function.ts';
import { SimulatedFunction } from './simulated-function.ts';
import { tableFor } from './table.ts';
import type { Transmit } from './table-line.ts';
import { wechatLine } from './wechat-line.ts';
import type { World } from './world.ts';

/** As deployed. */
const TIMEOUT_MS = 29_000;
const NO_QUOTAS = quotaPlan(undefined, NOTHING_LEARNT);
/** A caller entry serves for 5 minutes while the table does not answer, and may have been 45 s old at the last call. */
const WARM_MS = 240_000;
const CALLER_ID = 'simulate';
const CALLER_KEY = createCallerKey(CALLER_ID);

/** How a call ended that WeChat answered. */
export interface AnsweredCall {
  readonly errcode: number | undefined;
  readonly healed: boolean;
}

/** The gateway refused a call; `cause` says why. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  /** Whether the environment has little to go on with without the table: it was not called for minutes, or never, or not since the stored token was stored. */
  readonly isCold: boolean;

  constructor(isCold: boolean, cause: unknown) {
    super('the gateway refused the call', { cause });
    this.isCold = isCold;
  }
}

/** `call-wechat-api` with its real use case. */
export type Proxy = SimulatedFunction<ProxiedCall, AnsweredCall>;

/** @param environments how many of them answer calls, each with a memory of its own */
export function newProxy(world: World, refreshFunction: RefreshFunction, environments: number): Proxy {
  const start = (actor: Actor) => startProxy(world, actor, refreshFunction);
  return new SimulatedFunction(world, { name: 'proxy', timeoutMs: TIMEOUT_MS, environments, start });
}

function startProxy(
  world: World,
  actor: Actor,
  refreshFunction: RefreshFunction,
): (call: ProxiedCall) => Promise<AnsweredCall> {
  const known: KnownTokens = new Map();
  const dependencies = dependenciesOf(world, actor, refreshFunction, known);
  const servedAt = new Map<string, number>();
  const isCold = (appId: string): boolean =>
    known.get(appId) !== world.accounts.get(appId)?.state.token?.fingerprint ||
    actor.clock.now() - (servedAt.get(appId) ?? 0) > WARM_MS;
  return async (call) => {
    const trace: CallTrace = {};
    const headers = { authorization: `Bearer ${CALLER_KEY}`, 'x-wechat-appid': call.appId };
    const where = { method: 'GET', path: '/cgi-bin/menu/get', query: queryOf(call) } as const;
    const request = { ...where, headers, role: undefined, body: undefined, requestId: call.name };
    try {
      const deadline = actor.clock.now() + CALL_BUDGET_MS;
      await callWechatApi(dependencies, request, deadline, trace);
      servedAt.set(call.appId, actor.clock.now());
      return { errcode: trace.errcode, healed: trace.healed === true };
    } catch (error) {
      throw new CallRefused(isCold(call.appId), error);
    }
  };
}

/** The fingerprint of the last token that the table told an environment, by app ID. */
type KnownTokens = Map<string, string | undefined>;

function dependenciesOf(
  world: World,
  actor: Actor,
  refreshFunction: RefreshFunction,
  known: KnownTokens,
): CallDependencies {
  const { random, note, accounts } = world;
  const { transmit, tokens } = tableFor(world, actor, () => false);
  const { clock } = actor;
  const shared = { clock, random: () => random.fraction() };
  const caller = callerOf([...accounts.keys()]);
  const upstream = createUpstream({ api: wechatLine(world, actor, () => false), origins: ORIGINS, clock });
  return {
    ...shared,
    upstream,
    callers: createCallerDirectory({ store: { get: () => transmit(() => caller) }, clock, onStale: () => {} }),
    reader: createTokenReader({
      ...shared,
      tokens: noting(tokens, known),
      onStale: () => world.reach('a token from memory'),
    }),
    markers: healMarkers(world, transmit),
    invoker: invokerOf(world, actor, refreshFunction),
    onInvokeError: (appId) => note(() => `${actor.name} could not have ${appId} refreshed`),
    roles: { callerIdOf: outOfUse },
    quotas: { get: async () => NO_QUOTAS },
    learntQuotas: { markCleared: outOfUse },
    usage: { count: () => {}, refuse: () => {}, flush: async () => {} },
    limiter: { admit: async () => undefined },
    keyUse: { readAhead: () => undefined, note: async () => {} },
    appSecretCaller: { call: outOfUse },
    clearQuotaAllowances: { take: outOfUse, giveBack: outOfUse, left: outOfUse },
    onClearNotNoted: () => undefined,
  };
}

function noting(tokens: Pick<TokenStore, 'read' | 'glance'>, known: KnownTokens): Pick<TokenStore, 'read' | 'glance'> {
  const note = (state: TokenState | undefined): TokenState | undefined => {
    if (state !== undefined) known.set(state.appId, state.token?.fingerprint);
    return state;
  };
  return {
    read: async (appId) => note(await tokens.read(appId)),
    glance: async (appId) => note(await tokens.glance(appId)),
  };
}

function outOfUse(): never {
  throw new Error('no call of a simulation needs this');
}

function callerOf(appIds: readonly string[]): Caller {
  return {
    id: CALLER_ID,
    name: 'simulated',
    disabled: false,
    keys: [recordOf(CALLER_KEY, 0)],
    sealingKey: '0'.repeat(64),
    grants: appIds.map((appId) => ({ appId, allow: ['/*'] })),
  };
}

/** The rule of heal-marker.dynamodb.ts; a claim that is repeated after a lost answer knows itself. */
function healMarkers({ healMarkers: markers, random }: World, transmit: Transmit): HealMarkers {
  return {
    claim(appId, fingerprint, now) {
      const claimId = random.fraction();
      return transmit(() => {
        const found = markers.get(appId);
        const isFree = found?.fingerprint !== fingerprint || found.markedAt <= now - HEAL_MARKER_MS;
        if (!isFree && found.claimId !== claimId) return false;
        markers.set(appId, { fingerprint, markedAt: now, claimId });
        return true;
      });
    },
  };
}

/** Lambda's Invoke API between the two functions. */
function invokerOf({ time, weather, random }: World, actor: Actor, refreshFunction: RefreshFunction): RefreshInvoker {
  return {
    invoke(appId, refusedFingerprint, deadline) {
      const invoke = () => refreshFunction.invoke(healEvent(appId, refusedFingerprint));
      return new Promise((resolve, reject) => {
        const answered = (): void => actor.deliver(resolve);
        const failed = (error: unknown): void => actor.deliver(() => reject(error));
        time.after(deadline - actor.clock.now(), () => failed(new Error('no answer in time')));
        const fate = weather.invokeFate();
        const legMs = random.between(5, 30);
        if (fate !== 'works') weather.faultUntil(time.now + deadline - actor.clock.now());
        if (fate === 'works') time.after(legMs, () => void invoke().then(answered, failed));
        if (fate === 'lost-answer') time.after(legMs, () => void invoke().catch(() => undefined));
        if (fate === 'arrives-late') time.after(weather.latenessMs(), () => void invoke().catch(() => undefined));
      });
    },
  };
}

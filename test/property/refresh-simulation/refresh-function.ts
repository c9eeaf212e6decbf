import type { RefreshEvent } from '#shared/access-token/refresh-event.ts';
import { createAppSecretCache } from '#shared/account/app-secret.ts';
import type { Log } from '#shared/lambda/log.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createHandler, type RefreshAnswer } from '../../../functions/refresh-access-token/create-handler.ts';
import type { Actor } from './actor.ts';
import { InvocationCutOff, SimulatedFunction } from './simulated-function.ts';
import { tableFor } from './table.ts';
import { TableUnreachable } from './table-line.ts';
import { wechatLine } from './wechat-line.ts';
import type { World } from './world.ts';

/** As deployed. */
const TIMEOUT_MS = 58_000;
const SECRET_TIMEOUT_MS = 3_000;
/** WeChat's hosts. */
export const ORIGINS = ['https://api.weixin.qq.com', 'https://api2.weixin.qq.com'];

/** What the function is invoked with, as JSON. */
export type RefreshInput = Readonly<Record<string, string>>;

/** `refresh-access-token` with its real handler. */
export class RefreshFunction {
  readonly #world: World;
  readonly #function: SimulatedFunction<RefreshInput, RefreshAnswer>;

  constructor(world: World) {
    this.#world = world;
    const start = (actor: Actor) => startRefresher(world, actor);
    this.#function = new SimulatedFunction(world, { name: 'refresher', timeoutMs: TIMEOUT_MS, environments: 2, start });
  }

  /** @throws {InvocationCutOff} and {TableUnreachable}: what else it throws is a breach */
  async invoke(input: RefreshInput): Promise<RefreshAnswer> {
    try {
      return await this.#function.invoke(input);
    } catch (error) {
      if (!(error instanceof InvocationCutOff || error instanceof TableUnreachable)) tellError(this.#world, error);
      throw error;
    }
  }
}

function startRefresher(world: World, actor: Actor): (input: RefreshInput) => Promise<RefreshAnswer> {
  const { time, weather, random, accounts } = world;
  let kind: RefreshEvent['kind'] = 'tick';
  const isByOperator = (): boolean => kind === 'operator';
  const { transmit, tokens } = tableFor(world, actor, isByOperator);
  const secretOf = (appId: string) =>
    new Promise<ReturnType<typeof stored>>((resolve, reject) => {
      const away = weather.isSecretAway();
      if (away) weather.faultUntil(time.now + SECRET_TIMEOUT_MS);
      if (away) time.after(SECRET_TIMEOUT_MS, () => actor.deliver(() => reject(new Error('no secrets'))));
      else time.after(random.between(5, 50), () => actor.deliver(() => resolve(stored(appId))));
    });
  const stored = (appId: string) => accounts.get(appId)?.storedSecret;
  const api = wechatLine(world, actor, isByOperator);
  const handler = createHandler({
    accounts: { get: (appId) => transmit(() => accounts.get(appId)?.account), put: async () => {} },
    secrets: createAppSecretCache({ get: secretOf }, actor.clock),
    tokens,
    upstream: createUpstream({ api, origins: ORIGINS, clock: actor.clock }),
    clock: actor.clock,
    random: () => random.fraction(),
    holder: actor.name,
    log: logOf(world, actor),
    metrics: () => {},
    examining: { openApi: () => api, origins: ORIGINS, resolveName: async () => [] },
  });
  return (input) => {
    kind = 'operatorRequest' in input ? 'operator' : 'appId' in input ? 'heal' : 'tick';
    // No handler of ours looks at its context.
    return handler(input, undefined as never);
  };
}

function logOf(world: World, actor: Actor): Log {
  const { note, reach } = world;
  return (_, { account, outcome, failureCause, errcode, forced, error }) => {
    note(() => `${actor.name} ends for ${account}: ${outcome} ${failureCause ?? ''} ${errcode ?? ''}`);
    if (typeof outcome === 'string') reach(outcome);
    if (forced === true) reach('a forced issue');
    if (failureCause !== undefined) reach(errcode === undefined ? String(failureCause) : String(errcode));
    if (error !== undefined && !(error instanceof TableUnreachable)) tellError(world, error);
  };
}

function tellError({ breach }: World, error: unknown): void {
  breach(`the refresher threw: ${error instanceof Error ? error.stack : String(error)}`);
}

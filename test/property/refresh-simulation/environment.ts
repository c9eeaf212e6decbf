import { fingerprintOf } from '#shared/access-token/access-token.ts';
import { refresh } from '#shared/access-token/refresh.ts';
import type { RefreshDependencies, RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';
import { tick } from '#shared/access-token/tick.ts';
import { usableToken } from '#shared/access-token/token-state.ts';
import type { RefreshReason } from '#shared/access-token/token-store.ts';
import { createAppSecretCache } from '#shared/account/app-secret.ts';
import { createMemoryTokenStore } from '../../memory-token-store.ts';
import { Actor } from './actor.ts';
import { TableUnreachable, tableLine } from './table-line.ts';
import { wechatLine } from './wechat-line.ts';
import { APP_ID, type World } from './world.ts';

/** One environment of `refresh-access-token`. */
export interface Environment {
  readonly actor: Actor;
  readonly dependencies: RefreshDependencies;
}

/** A cold environment with the real engine in it; only its lines to the world are simulated. */
export function newEnvironment(world: World, name: string, skewMs: number): Environment {
  const { time, weather, items, invariants, random, note } = world;
  const actor = new Actor(name, skewMs, time, weather, note);
  const transmit = tableLine(time, weather, actor);
  const account = { appId: APP_ID, displayName: 'simulated', mode: world.mode, testAccount: true, addedAt: 0 };
  const secretStore = { get: () => transmit(() => world.storedSecret) };
  const dependencies: RefreshDependencies = {
    accounts: { get: () => transmit(() => account), put: async () => {} },
    secrets: createAppSecretCache(secretStore, actor.clock),
    tokens: createMemoryTokenStore({
      items,
      transmit,
      onWrite(before, after) {
        note(`the table after a write of ${name}: ${changes(before, after)}`);
        invariants.wrote(before, after);
      },
    }),
    upstream: wechatLine(world, actor),
    clock: actor.clock,
    random: () => random.fraction(),
    holder: name,
  };
  return { actor, dependencies };
}

/** The schedule's part: a tick each minute, more or less. */
export async function tickForEver(world: World, { actor, dependencies }: Environment): Promise<void> {
  for (;;) {
    try {
      for (const { outcome } of (await tick(dependencies)).refreshes) {
        if (outcome.kind === 'errored' && !(outcome.error instanceof TableUnreachable)) throw outcome.error;
        report(world, actor, outcome);
      }
    } catch (error) {
      noteError(world, actor, error);
    }
    await actor.clock.sleep(world.weather.isCalm ? 60_000 : world.random.between(5_000, 60_000));
  }
}

/** The proxy's part: a call now and then, and a refresh when there is no token or WeChat refuses it. */
export async function callForEver(world: World, { actor, dependencies }: Environment): Promise<void> {
  while (!world.callersStop) {
    const reason = await reasonToRefresh(world, dependencies);
    if (reason !== undefined) {
      try {
        report(world, actor, await refresh(dependencies, APP_ID, reason));
      } catch (error) {
        noteError(world, actor, error);
      }
    }
    await actor.clock.sleep(world.weather.isCalm ? 30_000 : world.random.between(200, world.longestBetweenCallsMs));
  }
}

async function reasonToRefresh(
  world: World,
  { tokens, clock }: RefreshDependencies,
): Promise<RefreshReason | undefined> {
  try {
    const state = await tokens.read(APP_ID);
    const token = state && usableToken(state, clock.now());
    if (token === undefined) return { kind: 'missing' };
    // Now and then a call is refused for a reason of its own, or its caller lies.
    if (world.model.accepts(token.value, world.time.now) && !world.random.chance(0.01)) return undefined;
    return { kind: 'refused', fingerprint: fingerprintOf(token.value) };
  } catch (error) {
    // An unreachable table is one of the faults; the caller comes again.
    if (error instanceof TableUnreachable) return undefined;
    throw error;
  }
}

function report(world: World, actor: Actor, outcome: RefreshOutcome | { readonly kind: 'errored' }): void {
  world.note(`${actor.name} ends: ${outcome.kind}`);
  world.reach(outcome.kind);
  if (outcome.kind === 'committed' && outcome.forced) world.reach('a forced issue');
  if (outcome.kind === 'failed')
    world.reach(outcome.failure.errcode === undefined ? outcome.failure.cause : String(outcome.failure.errcode));
}

function noteError(world: World, actor: Actor, error: unknown): void {
  if (!(error instanceof TableUnreachable)) {
    world.invariants.breaches.push(`${actor.name} threw: ${error instanceof Error ? error.stack : String(error)}`);
  }
  world.note(`${actor.name} could not reach the table`);
}

function changes(before: Readonly<Record<string, unknown>> = {}, after: Readonly<Record<string, unknown>>): string {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return changed.map((name) => `${name}=${JSON.stringify(after[name]) ?? '-'}`).join(' ');
}

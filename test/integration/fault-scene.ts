import { setTimeout as delay } from 'node:timers/promises';
import type { TestContext } from 'vitest';
import type { TokenMode } from '#shared/access-token/access-token.ts';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import type { LoopbackServer } from '../../infra/local/loopback-server.ts';
import { firedAlarms } from '../alarm-evaluator.ts';
import { type RigCall, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';
import type { WithToken } from './holder-scene.ts';
import { ISSUE_PATHS, NOON } from './refresh-scene.ts';

const MINUTE_MS = 60_000;
/** Under the 5 s that an environment trusts its memory after a failed read. */
const CALLS_EVERY_MS = 3_000;
/** As the functions do. */
const { maxAttempts: tableAttempts } = DYNAMODB_CLIENT_SETTINGS;
const CALL: RigCall = { path: '/cgi-bin/user/info', query: 'openid=o1' };

/** How a scene is made. */
export interface FaultSceneSettings {
  /** Warm ones that are called; one by default. */
  readonly environments?: number;
  /** How long before the renewal of the token it begins. */
  readonly beforeDueMs: number;
  /** An engine in place of a new one. */
  readonly dynamodb?: LoopbackServer;
}

/** What a caller was answered; errcode 0 for a good answer, a cause when the answer is the gateway's own. */
export interface SceneAnswer {
  readonly at: number;
  readonly errcode: unknown;
  readonly cause: string | undefined;
}

/** A gateway with one account, its schedule and its callers, whose time a test lets pass. */
export type FaultScene = Awaited<ReturnType<typeof startFaultScene>>;

/**
 * Everything is on sockets. Time moves at its real pace while sockets work and jumps when nothing but sleeps is left, so that hours pass in
 * seconds. Put away when the test has finished.
 */
export async function startFaultScene(
  mode: TokenMode,
  test: Pick<TestContext, 'onTestFinished'>,
  { environments: count = 1, beforeDueMs, dynamodb }: FaultSceneSettings,
) {
  const clock = createMovableClock(NOON);
  const account = { ...simulatedAccount(), mode };
  const rig = await startRig({ accounts: [account], clock, tableAttempts, ...(dynamodb && { dynamodb }) });
  test.onTestFinished(() => rig.close());
  const refresher = rig.refreshEnvironment();
  const environments = Array.from({ length: count }, () => rig.callEnvironment());
  const answers: SceneAnswer[] = [];
  let runningTicks = 0;
  let nextTickAt = NOON;

  const startTick = (): void => {
    nextTickAt = (Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS;
    runningTicks += 1;
    const ended = () => (runningTicks -= 1);
    // A tick that fails is repeated a minute later, as Lambda's schedule does.
    void refresher.invoke({}).then(ended, ended);
  };
  const restOfTicks = async (): Promise<void> => {
    while (runningTicks > clock.sleepers) await delay(1);
  };
  /** A tick that the scene depends on: one that failed would wait for its next look for ever. */
  const tickNow = async (): Promise<void> => {
    startTick();
    await restOfTicks();
    if (clock.sleepers > 0) throw new Error('the account of the scene could not be refreshed');
  };
  const atRealPace = async <Result>(work: Promise<Result>): Promise<Result> => {
    let moved = Promise.resolve();
    const timer = setInterval(() => {
      moved = moved.then(() => clock.advance(5));
    }, 5);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      // A test that sets the clock back must not have it moved on behind its back.
      await moved;
    }
  };

  const scene = {
    rig,
    clock,
    account,
    wechat: rig.simulator.account(account.appId),
    faults: rig.simulator.faults,
    /** Of the warm environments while time passed. */
    answers,
    failed: () => answers.filter(({ errcode }) => errcode !== 0),
    issues: () => rig.simulator.log.count(ISSUE_PATHS[mode]),
    alarmsSince: (from: number) => firedAlarms(rig.lines, from, clock.now()),
    async state(): Promise<WithToken> {
      const state = await rig.tokens.read(account.appId);
      if (state?.token === undefined) throw new Error('the scene has no token');
      return { ...state, token: state.token };
    },
    /** One call from each of these; by default from the warm ones. */
    callAll: (from = environments, call = CALL): Promise<readonly SceneAnswer[]> =>
      atRealPace(
        Promise.all(
          from.map(async (environment) => {
            const answer = await environment.call(call);
            const { errcode = 0 } = answer.json();
            return { at: clock.now(), errcode, cause: answer.headers['x-gateway-error'] };
          }),
        ),
      ),
    /** Lets so much time pass: a tick every minute, and every few seconds a call from each warm environment and `work`. */
    async pass(
      durationMs: number,
      { everyMs = CALLS_EVERY_MS, work = async (): Promise<unknown> => undefined } = {},
    ): Promise<void> {
      const end = clock.now() + durationMs;
      while (clock.now() < end) {
        if (clock.now() >= nextTickAt) startTick();
        answers.push(...(await scene.callAll()));
        await atRealPace(work());
        await restOfTicks();
        await clock.advance(Math.max(0, Math.min(everyMs, end - clock.now())));
      }
      await restOfTicks();
    },
  };

  await tickNow();
  clock.set((await scene.state()).nextDueAt);
  // A stable token's early warning; classic ones have none.
  if (mode === 'stable') await tickNow();
  clock.set((await scene.state()).nextDueAt - beforeDueMs);
  nextTickAt = clock.now();
  await scene.callAll();
  return scene;
}

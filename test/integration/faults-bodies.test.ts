import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, type TestContext } from 'vitest';
import { CALL_BUDGET_MS } from '#shared/api-call/forward.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock, settled } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';
import { startChild } from './processes/child.ts';
import { putTimersOnClock } from './timers-on-clock.ts';

const MIB = 1_048_576;
const MOST_GROWTH_BYTES = 32 * MIB;
/** Stands for a second of the clock. */
const BYTE_EVERY_MS = 5;
const USER = { path: '/cgi-bin/user/info', query: 'openid=o1' };

/** A gateway that has its token. */
async function startScene(test: TestContext) {
  const clock = createMovableClock();
  const account = simulatedAccount();
  const rig = await startRig({ accounts: [account], clock });
  test.onTestFinished(() => rig.close());
  await rig.refreshEnvironment().invoke({});
  return { rig, clock, account };
}

setFlagsFromString('--expose-gc');
/** Node's own, which only a flag makes public. */
const collectGarbage = runInNewContext('gc') as () => void;

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** By how much memory grew at most while `work` ran, garbage included: looked at in every turn of the event loop. */
async function growthDuring(work: () => Promise<unknown>): Promise<number> {
  // What the first time frees is counted as free by the second.
  for (let times = 0; times < 2; times += 1) {
    collectGarbage();
    await settled();
  }
  const before = usedBytes();
  let most = before;
  const progress = { isDone: false };
  const look = (): void => {
    most = Math.max(most, usedBytes());
    if (!progress.isDone) setImmediate(look);
  };
  look();
  await work();
  progress.isDone = true;
  return most - before;
}

describe('an answer of WeChat that', () => {
  it.for(['endless', 'announced', 'bomb'])(
    'is too much to hold (%s) is given up, and memory grows by 32 MiB at most',
    async (kind, test) => {
      const { rig, clock } = await startScene(test);
      const server = startChild<string>('./hostile-upstream.ts');
      test.onTestFinished(() => server.end());
      const api = createUndiciWechatApi({ clock });
      const upstream = createUpstream({ api, origins: [await server.message], clock });
      const proxy = rig.callEnvironment({ upstream });
      const growths: number[] = [];
      for (let calls = 0; calls < 3; calls += 1) {
        const growth = await growthDuring(async () => {
          const answer = await proxy.call({ path: `/cgi-bin/${kind}` });
          expect(answer.json()).toMatchObject({ errcode: 990413 });
        });
        growths.push(growth);
      }
      expect(Math.max(...growths)).toBeLessThanOrEqual(MOST_GROWTH_BYTES);
      // What was read of the answer is seen at all.
      expect(Math.max(...growths)).toBeGreaterThan(MIB);
    },
  );

  it("comes at a byte a second is given up at the end of the call's budget by the clock", async (test) => {
    const { rig, clock } = await startScene(test);
    const proxy = rig.callEnvironment();
    rig.simulator.faults.add({ kind: 'drip', chunkMs: BYTE_EVERY_MS, path: USER.path, times: Infinity });
    putTimersOnClock(test, clock);
    const startedAt = clock.now();
    const growth = await growthDuring(async () => {
      const answer = await afterSeconds(clock, proxy.call(USER));
      expect(answer.json()).toMatchObject({ errcode: 990504 });
      expect(answer.headers['x-gateway-error']).toBe('upstream-timeout');
    });
    expect(clock.now() - startedAt).toBeGreaterThan(CALL_BUDGET_MS / 2);
    expect(clock.now() - startedAt).toBeLessThanOrEqual(CALL_BUDGET_MS + 1_000);
    expect(growth).toBeLessThanOrEqual(MOST_GROWTH_BYTES);
  });
});

/** Lets a second of the clock pass for each byte, until `work` has ended. */
async function afterSeconds<Result>(clock: MovableClock, work: Promise<Result>): Promise<Result> {
  const progress = { hasEnded: false };
  const ending = work.finally(() => (progress.hasEnded = true));
  while (!progress.hasEnded) {
    await delay(BYTE_EVERY_MS);
    await clock.advance(1_000);
  }
  return ending;
}

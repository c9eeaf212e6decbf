import { describe, expect, it } from 'vitest';
import { firedAlarms } from '../alarm-evaluator.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';

const MINUTE_MS = 60_000;
const STEP_MS = 30_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ENVIRONMENTS = 3;
const USER = '/cgi-bin/user/info';

/** WeChat's tokens live 7,200 s; the gateway renews them in their last 270 s or 3,600 s before their end, at the next full minute. */
const RENEWED_EVERY_MINUTES = { stable: Math.ceil((7_200 - 270) / 60), classic: (7_200 - 3_600) / 60 };
const ROLLOVERS = {
  stable: Math.ceil(DAY_MS / MINUTE_MS / RENEWED_EVERY_MINUTES.stable) - 1,
  classic: Math.ceil(DAY_MS / MINUTE_MS / RENEWED_EVERY_MINUTES.classic) - 1,
};

/** A stable token is asked for once more in the middle of its life: the same comes back, or trouble shows an hour ahead. */
const EARLY_WARNINGS = Math.ceil((DAY_MS / MINUTE_MS - 60) / RENEWED_EVERY_MINUTES.stable);

const stable = { ...simulatedAccount(), mode: 'stable' as const };
const classic = { ...simulatedAccount(), mode: 'classic' as const };

describe('a day of steady traffic', () => {
  it('has no failed call, no refused token and no alarm across every rollover, and no issue too many', async () => {
    const clock = createMovableClock();
    // Nothing sleeps while all is well; what does must not hang the test.
    clock.autoAdvance = true;
    const rig = await startRig({ accounts: [stable, classic], clock });
    const startedAt = clock.now();
    const tick = createTicks(rig);
    const traffic = createTraffic(rig);
    await tick();
    for (let elapsed = 0; elapsed < DAY_MS; elapsed += STEP_MS) {
      // The tick of a minute runs while calls are on their way.
      await Promise.all([traffic.step(), elapsed % MINUTE_MS === 0 ? tick() : undefined]);
      await clock.advance(STEP_MS);
    }
    expect(firedAlarms(rig.lines, startedAt, clock.now())).toEqual([]);
    expect(traffic.failed).toEqual([]);
    expect(traffic.calls()).toBe((2 * DAY_MS) / STEP_MS);
    expect(refusalsOf(rig)).toEqual([]);
    expect(rig.refreshInvocations()).toBe(0);
    expect(tokensOf(rig, stable.appId).size).toBe(1 + ROLLOVERS.stable);
    expect(tokensOf(rig, classic.appId).size).toBe(1 + ROLLOVERS.classic);
    expect(rig.simulator.log.count('/cgi-bin/token')).toBe(1 + ROLLOVERS.classic);
    expect(rig.simulator.log.count('/cgi-bin/stable_token')).toBe(1 + ROLLOVERS.stable + EARLY_WARNINGS);
    await rig.close();
  });
});

/** The schedule: one environment that lives all day, as Lambda keeps one that is called every minute. */
function createTicks(rig: Rig) {
  const refresher = rig.refreshEnvironment();
  return () => refresher.invoke({});
}

/** Calls for both accounts, each from one of several environments in turn, so that their 45 s of memory end at different times. */
function createTraffic(rig: Rig) {
  const environments = Array.from({ length: ENVIRONMENTS }, () => rig.callEnvironment());
  const failed: string[] = [];
  let steps = 0;
  const call = async (appId: string, environment: number): Promise<void> => {
    const headers = { 'x-wechat-appid': appId };
    const answer = await environments[environment % ENVIRONMENTS]?.call({ path: USER, query: 'openid=o1', headers });
    if (answer?.json()['openid'] !== 'o1') failed.push(`${new Date(rig.clock.now()).toISOString()} ${answer?.text}`);
  };
  return {
    failed,
    calls: () => 2 * steps,
    step: async (): Promise<void> => {
      // Runs of two: an environment is called again while it remembers, and again when it no longer does.
      const environment = Math.floor(steps / 2);
      steps += 1;
      await Promise.all([call(stable.appId, environment), call(classic.appId, environment + 1)]);
    },
  };
}

function refusalsOf(rig: Rig): readonly unknown[] {
  return rig.simulator.log.entries.filter(({ answeredErrcode }) => (answeredErrcode ?? 0) !== 0).map(({ url }) => url);
}

/** The tokens that calls for an account were made with. */
function tokensOf(rig: Rig, appId: string): ReadonlySet<string | null> {
  const calls = rig.simulator.log.entries.filter((request) => request.path === USER && request.appId === appId);
  return new Set(calls.map(({ query }) => query.get('access_token')));
}

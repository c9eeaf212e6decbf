import { describe, expect, it } from 'vitest';
import { ISSUE_DEADLINE_MS } from '#shared/access-token/lease-rules.ts';
import { refresh } from '#shared/access-token/refresh.ts';
import type { RefreshDependencies } from '#shared/access-token/refresh-outcome.ts';
import { startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import type { Fault } from '../wechat-simulator/simulator.ts';
import { simulatedAccount } from './callers.ts';
import { startFaultScene } from './fault-scene.ts';
import { ISSUE_PATHS, type RefreshScene, startSceneWithToken } from './refresh-scene.ts';
import { shortenTimers } from './shortened-timers.ts';
import { putTimersOnClock } from './timers-on-clock.ts';

const MODES = ['stable', 'classic'] as const;
type Mode = (typeof MODES)[number];
const MINUTE_MS = 60_000;
const OUTAGE_MS = 30 * MINUTE_MS;
const MOST_ISSUES = 80;
/** A stable token dies in the middle of the outage, a classic one half an hour after it. */
const BEFORE_DUE_MS: Readonly<Record<Mode, number>> = { stable: 10.5 * MINUTE_MS, classic: 0 };
/** Calls drive refreshes once the token is dead. */
const CALLS_EVERY_MS: Readonly<Record<Mode, number>> = { stable: 5_000, classic: 30_000 };
const DUE = { kind: 'due' } as const;

const OUTAGES: readonly (readonly [what: string, fault: Fault])[] = [
  ['answers 503', { kind: 'status', status: 503 }],
  ['hangs', { kind: 'hang' }],
  ['resets every connection', { kind: 'reset' }],
];

describe.each(MODES)('a token endpoint that for half an hour', (mode) => {
  it.for(OUTAGES)(
    `%s is called at most ${MOST_ISSUES} times (${mode}), and the stored token is served to its end`,
    async ([, fault], test) => {
      // A call that hangs then takes no time on the clock: there are as many of them as if each were over at once.
      const restoreTimers = shortenTimers(test, { issuesToo: fault.kind === 'hang' });
      const scene = await startFaultScene(mode, test, { beforeDueMs: BEFORE_DUE_MS[mode] });
      const { clock, answers, faults } = scene;
      const { token } = await scene.state();
      const issues = scene.issues();
      faults.add({ ...fault, path: ISSUE_PATHS[mode], times: Infinity });
      await scene.pass(OUTAGE_MS, { everyMs: CALLS_EVERY_MS[mode] });
      expect(scene.issues() - issues).toBeLessThanOrEqual(MOST_ISSUES);
      expect(scene.issues() - issues).toBeGreaterThan(20);
      expect(answers.filter(({ at }) => at >= token.expiresAt).length > 50).toBe(mode === 'stable');
      expect(scene.failed().filter(({ at }) => at < token.expiresAt)).toEqual([]);
      expect(answers.filter(({ at, cause }) => at >= token.expiresAt && cause !== 'no-token')).toEqual([]);

      faults.clear();
      restoreTimers();
      await scene.pass(MINUTE_MS, { everyMs: 10_000 });
      expect(await scene.callAll()).toMatchObject([{ errcode: 0 }]);
      expect((await scene.state()).token.receivedAt).toBeGreaterThan(clock.now() - 2 * MINUTE_MS);
    },
  );

  it.for<readonly [what: string, fault: Fault]>([
    ['hangs', { kind: 'hang' }],
    ['sends a byte from time to time', { kind: 'drip', chunkMs: 1_000 }],
  ])(`%s holds up each attempt for no more than 4.25 s of the clock (${mode})`, async ([, fault], test) => {
    const clock = createMovableClock();
    const account = { ...simulatedAccount(), mode };
    const rig = await startRig({ accounts: [account], clock });
    test.onTestFinished(() => rig.close());
    putTimersOnClock(test, clock);
    rig.simulator.faults.add({ ...fault, path: ISSUE_PATHS[mode], times: Infinity });
    const { dependencies } = rig.refreshEnvironment();
    const startedAt = clock.now();
    const ends: number[] = [];
    const upstream: RefreshDependencies['upstream'] = {
      call: (...call) => dependencies.upstream.call(...call).finally(() => ends.push(clock.now())),
    };
    const ending = refresh({ ...dependencies, upstream }, account.appId, { kind: 'missing' });
    await rig.simulator.log.waitFor(({ path }) => path === ISSUE_PATHS[mode]);
    while (ends.length === 0) await clock.advance(50);
    const [endedAt = Number.NaN] = ends;
    expect(endedAt - startedAt).toBeLessThanOrEqual(4_250);
    expect(endedAt - startedAt).toBeGreaterThanOrEqual(ISSUE_DEADLINE_MS);
    expect(await ending).toMatchObject({ kind: 'failed', failure: { class: 'unavailable' } });
  });
});

const bodies = (texts: readonly string[]): readonly Fault[] => texts.map((body) => ({ kind: 'body', body }));

/** Has the next issue answered so, and expects that nothing of it is stored. */
async function expectNotStored(scene: RefreshScene, fault: Fault): Promise<void> {
  const { token, version } = await scene.state();
  scene.faults.add({ ...fault, path: scene.issuePath });
  const { kind } = await scene.refresh(DUE);
  const after = await scene.state();
  // With the fault, so that a failure says which of many it was.
  expect({ fault, kind, token: after.token, version: after.version }).toEqual({
    fault,
    kind: 'failed',
    token,
    version,
  });
  scene.clock.set(after.cooldownEnd);
}

// Both modes' answers are judged by the same code.
describe('an answer of the token endpoint', () => {
  const GOOD = JSON.stringify({ access_token: `50_${'x'.repeat(100)}`, expires_in: 7_200 });
  const everyByte = Array.from({ length: GOOD.length }, (_, byte) => byte);

  it.for<readonly [what: string, faults: readonly Fault[]]>([
    ['that ends early, at whatever byte', bodies(everyByte.map((byte) => GOOD.slice(0, byte)))],
    ['whose connection ends early, at whatever byte', everyByte.map((atByte) => ({ kind: 'truncate', atByte }))],
    [
      'with a control character in the token, as it is or escaped',
      bodies(
        Array.from({ length: 33 }, (_, code) => String.fromCharCode(code === 32 ? 127 : code)).flatMap((character) => [
          GOOD.replace('50_', `50_${character}`),
          GOOD.replace('50_', `50_${JSON.stringify(character).slice(1, -1)}`),
        ]),
      ),
    ],
  ])('%s, is never stored', async ([, faults], test) => {
    const scene = await startSceneWithToken('stable', test);
    scene.clock.set((await scene.state()).nextDueAt);
    for (const fault of faults) await expectNotStored(scene, fault);
    expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed' });
  });
});

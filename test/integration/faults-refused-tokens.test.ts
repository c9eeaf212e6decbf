import { describe, expect, it } from 'vitest';
import { type FaultScene, startFaultScene } from './fault-scene.ts';
import { ISSUE_PATHS, PROBE_PATH } from './refresh-scene.ts';

const MINUTE_MS = 60_000;
const TEN_MINUTES_MS = 10 * MINUTE_MS;
/** An endpoint that a caller can make answer so, with parameters of its own. */
const HOSTILE = '/cgi-bin/hostile';
const REFUSALS = [40001, '40001', 40014, 42001];

const issuesAt = ({ rig }: FaultScene, path: string): readonly number[] =>
  rig.simulator.log.entries.filter((request) => request.path === path).map(({ at }) => at);

/** The most of these moments within any ten minutes. */
const mostInTenMinutes = (moments: readonly number[]): number =>
  Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + TEN_MINUTES_MS).length));

const firstRefusalSince = ({ rig }: FaultScene, from: number): number =>
  rig.simulator.log.entries.find(({ at, answeredErrcode }) => at >= from && answeredErrcode === 40001)?.at ??
  Number.NaN;

describe('somebody else who refreshes a classic token', () => {
  it('costs no call: ours is healed within 10 s of the first refusal; an alarm goes on when it happens again and again', async (test) => {
    const scene = await startFaultScene('classic', test, { beforeDueMs: 50 * MINUTE_MS });
    const { clock, wechat } = scene;
    const from = clock.now();
    for (let times = 1; times <= 3; times += 1) {
      const { token } = await scene.state();
      const killedAt = clock.now();
      wechat.issueElsewhere('classic');
      // The overlap of both tokens.
      await scene.pass(6 * MINUTE_MS, { everyMs: 20_000 });
      const healed = await scene.state();
      const refusedAt = firstRefusalSince(scene, killedAt);
      expect(healed.token.fingerprint).not.toBe(token.fingerprint);
      expect(healed.token.receivedAt - refusedAt).toBeLessThanOrEqual(10_000);
      expect(scene.alarmsSince(from)).toEqual(times < 3 ? [] : ['tokens-killed-repeatedly']);
    }
    expect(scene.failed()).toEqual([]);
  });
});

describe.each(['stable', 'classic'] as const)('a hostile caller of a %s account', (mode) => {
  it('whose calls are answered with refusals of a token that works costs no more than one issue in ten minutes, a probe a minute, and no other call', async (test) => {
    const scene = await startFaultScene(mode, test, { beforeDueMs: 40 * MINUTE_MS });
    const { rig, clock, faults } = scene;
    const hostile = rig.callEnvironment();
    const from = clock.now();
    let calls = 0;
    const provoke = async () => {
      const errcode = REFUSALS[calls % REFUSALS.length] ?? 40001;
      const wrapped = calls % 3 === 0 ? { wrapped: 'base_resp' as const } : {};
      calls += 1;
      faults.clear();
      faults.add({ kind: 'errcode', errcode, ...wrapped, path: HOSTILE, times: 2 });
      return hostile.call({ path: HOSTILE });
    };
    await scene.pass(60 * MINUTE_MS, { everyMs: 20_000, work: provoke });
    const issues = issuesAt(scene, ISSUE_PATHS[mode]).filter((at) => at >= from);
    const probes = issuesAt(scene, PROBE_PATH).filter((at) => at >= from);
    expect(calls).toBeGreaterThanOrEqual(170);
    expect(rig.simulator.log.count(HOSTILE)).toBeGreaterThan(calls);
    expect(mostInTenMinutes(issues)).toBe(1);
    expect(probes.length).toBeGreaterThan(30);
    expect(probes.length).toBeLessThanOrEqual(61);
    expect(scene.failed()).toEqual([]);
  });
});

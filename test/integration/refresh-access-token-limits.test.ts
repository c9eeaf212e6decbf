import { describe, expect, it } from 'vitest';
import { refresh } from '#shared/access-token/refresh.ts';
import { tick } from '#shared/access-token/tick.ts';
import { startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';
import { ISSUE_PATHS, NOON, startRefreshScene, startSceneWithToken } from './refresh-scene.ts';

const MODES = ['stable', 'classic'] as const;
const DUE = { kind: 'due' } as const;
const MISSING = { kind: 'missing' } as const;
const MIDNIGHT_UTC8 = Date.UTC(2026, 10, 20, 16);

describe.each(MODES)('the %s issues of a day', (mode) => {
  it.for([
    [1_000, false],
    [100, true],
  ] as const)(
    'are capped at %i (test account: %s); the stored token is served on, and the next day issues again',
    async ([cap, testAccount], test) => {
      const scene = await startSceneWithToken(mode, test, { testAccount });
      const { token } = await scene.state();
      await scene.patch('issued20261120', cap - 1);
      await scene.patch('nextDueAt', NOON);
      expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed' });
      const calls = scene.counts();
      await scene.patch('nextDueAt', NOON);
      const failure = { class: 'quota', cause: 'issues-used-up' };
      expect(await scene.refresh(DUE)).toEqual({ kind: 'failed', failure });
      expect(scene.counts()).toEqual(calls);
      expect(await scene.stored('issued20261120')).toBe(cap);
      expect((await scene.state()).token).toMatchObject({ mode, expiresAt: token?.expiresAt });
      scene.clock.set((await scene.state()).cooldownEnd);
      expect(await scene.refresh(DUE)).toEqual({ kind: 'failed', failure });
      expect((await scene.state()).cooldownEnd).toBe(MIDNIGHT_UTC8 + 2_000);
      scene.clock.set(MIDNIGHT_UTC8 + 2_000);
      expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed' });
      expect(await scene.stored('issued20261121')).toBe(1);
    },
  );

  it('are not spent past the cap after a probe either; that it was refused is remembered', async (test) => {
    const scene = await startSceneWithToken(mode, test);
    await scene.patch('issued20261120', 1_000);
    scene.wechat.killCurrentToken();
    expect(await scene.refuse()).toMatchObject({ kind: 'failed', failure: { cause: 'issues-used-up' } });
    expect(scene.counts()).toEqual({ issues: 0, probes: 1 });
    expect(await scene.state()).toMatchObject({ refusedAt: NOON, issued: { '20261120': 1_000 } });
  });
});

describe.each(MODES)('a %s account', (mode) => {
  it('that is disabled, or that nobody added, is never refreshed', async (test) => {
    const scene = await startSceneWithToken(mode, test);
    await scene.patch('disabledAt', NOON);
    await scene.patch('nextDueAt', NOON);
    for (const reason of [DUE, MISSING]) expect(await scene.refresh(reason)).toEqual({ kind: 'unknown-account' });
    expect(await scene.refuse()).toEqual({ kind: 'unknown-account' });
    expect(await refresh(scene.dependencies, 'wxnobody', MISSING)).toEqual({ kind: 'unknown-account' });
    expect(scene.counts()).toEqual({ issues: 0, probes: 0 });
  });

  it('that twenty environments refresh at once has one token issued, and all of them see it', async (test) => {
    const scene = await startRefreshScene(mode, test);
    const environments = Array.from({ length: 20 }, (_, n) => scene.rig.refreshEnvironment(`environment-${n}`));
    const outcomes = await Promise.all(
      environments.map(({ dependencies }) => refresh(dependencies, scene.appId, MISSING)),
    );
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['committed', ...Array(19).fill('not-needed')]);
    expect(scene.counts().issues).toBe(1);
    expect(await scene.state()).toMatchObject({ version: 1, issued: { '20261120': 1 } });
  });

  it('whose token twenty environments saw refused is probed once and issued once', async (test) => {
    const scene = await startSceneWithToken(mode, test);
    const { fingerprint } = await scene.token();
    scene.wechat.killCurrentToken();
    const environments = Array.from({ length: 20 }, (_, n) => scene.rig.refreshEnvironment(`environment-${n}`));
    const outcomes = await Promise.all(
      environments.map(({ dependencies }) => refresh(dependencies, scene.appId, { kind: 'refused', fingerprint })),
    );
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['committed', ...Array(19).fill('not-needed')]);
    expect(scene.counts()).toEqual({ issues: 1, probes: 1 });
  });

  it('that is due is left to the one who refreshes it', async (test) => {
    const scene = await startRefreshScene(mode, test);
    const lease = { leaseId: 'theirs', holder: 'somebody', reason: DUE, version: 0, count: undefined };
    await scene.rig.tokens.acquire({ ...lease, appId: scene.appId, ignoreCooldown: false, now: NOON });
    expect(await scene.refresh(DUE)).toEqual({ kind: 'held' });
    scene.advance(6_500);
    expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed' });
    // A classic issue of the holder that never came back may still end our token.
    expect((await scene.state()).suspectAt === undefined).toBe(mode === 'stable');
  });
});

describe('a tick on sockets', () => {
  it('refreshes every account that is due, of either mode, and no other', async (test) => {
    const clock = createMovableClock(NOON);
    clock.autoAdvance = true;
    const accounts = MODES.flatMap((mode) => Array.from({ length: 3 }, () => ({ ...simulatedAccount(), mode })));
    const rig = await startRig({ accounts, clock });
    test.onTestFinished(() => rig.close());
    const { dependencies } = rig.refreshEnvironment();
    const first = await tick(dependencies);
    expect(first.refreshes.map(({ outcome }) => outcome.kind)).toEqual(Array(6).fill('committed'));
    expect(first.overdueMs).toBe(0);
    expect(new Set(first.refreshes.map(({ appId }) => appId)).size).toBe(6);
    await clock.advance(3_599_000);
    expect(await tick(dependencies)).toEqual({ refreshes: [], overdueMs: 0 });
    await clock.advance(10_000);
    const hour = await tick(dependencies);
    // Stable mode's early warning, and classic mode's renewal an hour ahead.
    expect(hour.refreshes.map(({ outcome }) => outcome.kind)).toEqual(Array(6).fill('committed'));
    for (const { appId, mode } of accounts) {
      expect((await rig.tokens.read(appId))?.version).toBe(2);
      expect(
        rig.simulator.log.entries.filter((entry) => entry.appId === appId && entry.path === ISSUE_PATHS[mode]),
      ).toHaveLength(2);
    }
  });

  it('keeps one account’s trouble from the others, and says how long the worst has been due', async (test) => {
    const clock = createMovableClock(NOON);
    clock.autoAdvance = true;
    const accounts = [simulatedAccount(), simulatedAccount(), simulatedAccount()];
    const rig = await startRig({ accounts, clock });
    test.onTestFinished(() => rig.close());
    const [broken] = accounts;
    rig.simulator.account(broken?.appId ?? '').freezeSecret();
    const { refreshes, overdueMs } = await tick(rig.refreshEnvironment().dependencies);
    const kindsOf = (appId: string) =>
      refreshes.filter((entry) => entry.appId === appId).map(({ outcome }) => outcome.kind);
    expect(accounts.map(({ appId }) => kindsOf(appId))).toEqual([
      ['failed', 'cooling', 'cooling'],
      ['committed'],
      ['committed'],
    ]);
    // It looked at once, after 20 s and after 40 s.
    expect(overdueMs).toBe(40_000);
  });
});

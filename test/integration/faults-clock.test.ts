import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenMode } from '#shared/access-token/access-token.ts';
import { refresh } from '#shared/access-token/refresh.ts';
import type { RefreshDependencies } from '#shared/access-token/refresh-outcome.ts';
import type { TokenState } from '#shared/access-token/token-state.ts';
import type { Clock } from '#shared/clock.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import type { Fault } from '../wechat-simulator/simulator.ts';
import { simulatedAccount } from './callers.ts';
import { startFaultScene } from './fault-scene.ts';
import { ISSUE_PATHS, NOON } from './refresh-scene.ts';
import { createStillClock, type StillClock } from './still-clock.ts';
import { REFRESH_STOPS, type RefreshStop, stoppingAt } from './stopped-refresh.ts';

const MODES: readonly TokenMode[] = ['stable', 'classic'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SEND = '/cgi-bin/message/custom/send';
const SENDS = 20;
/** Long enough for the clock to be set first. */
const ANSWER_DELAY_MS = 100;
const MIDNIGHT_UTC8 = Date.UTC(2026, 10, 20, 16);
const CORRECTIONS = [
  ['ahead', MINUTE_MS],
  ['back', -MINUTE_MS],
] as const;

describe.each(MODES)('an environment of a %s account', (mode) => {
  it.for(CORRECTIONS)(
    'fails no call when its clock is set %s by a minute, and set right: before a renewal, after it, and when a token dies',
    async ([, byMs], test) => {
      const scene = await startFaultScene(mode, test, { environments: 2, beforeDueMs: 1.5 * MINUTE_MS });
      const { clock, wechat } = scene;
      const before = await scene.state();
      const issues = scene.issues();
      for (const correctionMs of [byMs, -byMs, byMs, -byMs]) {
        await scene.pass(30_000);
        clock.set(clock.now() + correctionMs);
      }
      await scene.pass(1.5 * MINUTE_MS);
      const renewed = await scene.state();
      expect(scene.issues() - issues).toBe(1);
      expect(renewed.version).toBe(before.version + 1);
      expect(renewed.token.receivedAt).toBeGreaterThan(before.token.receivedAt);

      let last = renewed;
      for (const correctionMs of [byMs, -byMs]) {
        wechat.killCurrentToken();
        await scene.pass(10_000);
        const healed = await scene.state();
        expect(healed.version).toBe(last.version + 1);
        expect(healed.token.receivedAt).toBeGreaterThan(last.token.receivedAt);
        last = healed;
        clock.set(clock.now() + correctionMs);
      }
      await scene.pass(MINUTE_MS);
      expect(scene.issues() - issues).toBe(3);
      expect(scene.failed()).toEqual([]);
    },
  );

  it('that was frozen for an hour sends each message once, with the token of now', async (test) => {
    const scene = await startFaultScene(mode, test, { beforeDueMs: 10 * MINUTE_MS });
    const { rig, clock } = scene;
    const frozen = rig.callEnvironment();
    const { token } = await scene.state();
    const first = sendFrom(frozen, 'before');
    expect((await first).json()).toMatchObject({ errcode: 0 });
    const thawAt = clock.now() + HOUR_MS;
    clock.set((await scene.state()).nextDueAt);
    await rig.refreshEnvironment().invoke({});
    clock.set(thawAt);
    const answers = await Promise.all(Array.from({ length: SENDS }, (_, count) => sendFrom(frozen, `after ${count}`)));
    expect(answers.map((answer) => answer.json()['errcode'])).toEqual(answers.map(() => 0));
    const sent = rig.simulator.log.entries.filter(({ path }) => path === SEND).slice(1);
    expect(new Set(sent.map(({ body }) => body.toString())).size).toBe(SENDS);
    const { token: now } = await scene.state();
    expect(now.fingerprint).not.toBe(token.fingerprint);
    expect(sent.map(({ query }) => query.get('access_token'))).toEqual(Array(SENDS).fill(now.value));
  });
});

// Classic, because such a token lives for an hour and longer.
describe('an environment that is frozen for an hour while its message is on its way', () => {
  it.for<readonly [what: string, fault: Fault, errcodes: readonly number[]]>([
    ['the answer that it then reads', { kind: 'delay', ms: ANSWER_DELAY_MS, when: 'after' }, [0, 990504]],
    ['that WeChat refuses its token', { kind: 'errcode', errcode: 40001 }, [-1, 990401]],
  ])('passes on %s, and has sent it once', async ([, fault, errcodes], test) => {
    const { rig, clock, faults } = await startFaultScene('classic', test, { beforeDueMs: 10 * MINUTE_MS });
    faults.add({ ...fault, path: SEND });
    const answer = sendFrom(rig.callEnvironment(), 'once');
    await rig.simulator.log.waitFor(({ path }) => path === SEND);
    clock.set(clock.now() + HOUR_MS);
    expect(errcodes).toContain((await answer).json()['errcode']);
    expect(rig.simulator.log.count(SEND)).toBe(1);
  });
});

describe.each(MODES)('a refresher of a dead %s token', (mode) => {
  const corrected = REFRESH_STOPS.flatMap(({ step, part }) =>
    CORRECTIONS.map(([direction, byMs]) => ({ step, part, direction, byMs, account: { ...simulatedAccount(), mode } })),
  );
  const atMidnight = REFRESH_STOPS.map(({ step, part }) => ({ step, part, account: { ...simulatedAccount(), mode } }));
  let rig: Rig;
  let clock: StillClock;
  let next: RefreshDependencies;

  beforeAll(async () => {
    clock = createStillClock(NOON);
    rig = await startRig({ accounts: [...corrected, ...atMidnight].map(({ account }) => account), clock });
    next = rig.refreshEnvironment().dependencies;
  });
  afterAll(() => rig.close());

  const stateOf = async (appId: string): Promise<TokenState> => {
    const state = await rig.tokens.read(appId);
    if (state === undefined) throw new Error('the rig has lost an account');
    return state;
  };
  const issuesOf = (appId: string): number =>
    rig.simulator.log.entries.filter((request) => request.appId === appId && request.path === ISSUE_PATHS[mode]).length;
  const worksAtWechat = async (appId: string): Promise<boolean> =>
    rig.simulator.account(appId).accepts((await stateOf(appId)).token?.value ?? '');

  /** A refresher whose clock is off by what `offsetMs` says. */
  const refresherWithClock = (offsetMs: () => number): RefreshDependencies => {
    const own: Clock = { ...clock, now: () => clock.now() + offsetMs() };
    const api = createUndiciWechatApi({ clock: own });
    const upstream = createUpstream({ api, origins: [rig.simulator.origin], clock: own });
    return { ...rig.refreshEnvironment().dependencies, clock: own, upstream };
  };

  /** Stops the refresh of a token that has just died, has `meanwhile` happen, and lets it go on. */
  async function refreshWithStop(
    dependencies: RefreshDependencies,
    appId: string,
    stop: RefreshStop,
    meanwhile: () => void,
  ): Promise<string> {
    const fingerprint = (await stateOf(appId)).token?.fingerprint ?? '';
    rig.simulator.account(appId).killCurrentToken();
    const stopping = stoppingAt(dependencies, stop);
    const ending = refresh(stopping.dependencies, appId, { kind: 'refused', fingerprint });
    await stopping.reachedBy(ending);
    meanwhile();
    stopping.release();
    return (await ending).kind;
  }

  it.each(corrected)(
    'whose clock is set $direction by a minute $part its $step lets no version and no time go back, and all is well two minutes later',
    async ({ account: { appId }, byMs, ...stop }) => {
      clock.set(NOON);
      await refresh(next, appId, { kind: 'missing' });
      clock.set(NOON + HOUR_MS / 2);
      const before = await stateOf(appId);
      let offsetMs = 0;
      await refreshWithStop(
        refresherWithClock(() => offsetMs),
        appId,
        stop,
        () => (offsetMs = byMs),
      );
      const after = await stateOf(appId);
      expect(after.version).toBeGreaterThanOrEqual(before.version);
      expect(after.token?.receivedAt).toBeGreaterThanOrEqual(before.token?.receivedAt ?? 0);

      clock.set(clock.now() + 2 * MINUTE_MS);
      await refresh(next, appId, { kind: 'due' });
      const end = await stateOf(appId);
      expect(end.version).toBe(before.version + 1);
      expect(end.token?.receivedAt).toBeGreaterThan(before.token?.receivedAt ?? 0);
      expect(await worksAtWechat(appId)).toBe(true);
      expect(issuesOf(appId)).toBeLessThanOrEqual(3);
    },
  );

  it.each(atMidnight)(
    'whose quota day ends $part its $step gets its token, and each issue counts on one of the two days',
    async ({ account: { appId }, ...stop }) => {
      const countedIssues = async () =>
        Object.values((await stateOf(appId)).issued).reduce((sum, count) => sum + count, 0);
      clock.set(MIDNIGHT_UTC8 - HOUR_MS / 2);
      await refresh(next, appId, { kind: 'missing' });
      clock.set(MIDNIGHT_UTC8 - 500);
      const { dependencies } = rig.refreshEnvironment();
      expect(await refreshWithStop(dependencies, appId, stop, () => clock.set(MIDNIGHT_UTC8 + 500))).toBe('committed');
      expect(await worksAtWechat(appId)).toBe(true);
      expect([issuesOf(appId), await countedIssues()]).toEqual([2, 2]);
      expect(await refreshWithStop(dependencies, appId, stop, () => undefined)).toBe('committed');
      expect([issuesOf(appId), await countedIssues()]).toEqual([3, 3]);
      expect((await stateOf(appId)).issued['20261121']).toBeGreaterThanOrEqual(1);
    },
  );
});

const sendFrom = (environment: ReturnType<Rig['callEnvironment']>, content: string) =>
  environment.call({
    method: 'POST',
    path: SEND,
    body: JSON.stringify({ touser: 'o1', msgtype: 'text', text: { content } }),
  });

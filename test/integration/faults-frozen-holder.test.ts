import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenMode } from '#shared/access-token/access-token.ts';
import { refresh } from '#shared/access-token/refresh.ts';
import type { RefreshDependencies } from '#shared/access-token/refresh-outcome.ts';
import { liveLease, type TokenState } from '#shared/access-token/token-state.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { simulatedAccount } from './callers.ts';
import { ISSUE_PATHS, NOON } from './refresh-scene.ts';
import { createStillClock, type StillClock } from './still-clock.ts';
import { REFRESH_STOPS, stoppingAt } from './stopped-refresh.ts';

const HOUR_MS = 3_600_000;
const MODES: readonly TokenMode[] = ['stable', 'classic'];
/** The last one is an hour but for the minute in which the next renewal would fall due. */
const FREEZES_S = [1, 10, 600, 3_540];

describe.each(MODES)('a refresher of a dead %s token that is frozen', (mode) => {
  const cases = FREEZES_S.flatMap((seconds) =>
    REFRESH_STOPS.map(({ step, part }) => ({ step, part, seconds, account: { ...simulatedAccount(), mode } })),
  );
  let rig: Rig;
  let clock: StillClock;
  let next: RefreshDependencies;

  beforeAll(async () => {
    clock = createStillClock(NOON);
    rig = await startRig({ accounts: cases.map(({ account }) => account), clock });
    next = rig.refreshEnvironment('next').dependencies;
  });
  afterAll(() => rig.close());

  const stateOf = async (appId: string): Promise<TokenState> => {
    const state = await rig.tokens.read(appId);
    if (state === undefined) throw new Error('the rig has lost an account');
    return state;
  };
  const issuesOf = (appId: string): number =>
    rig.simulator.log.entries.filter((request) => request.appId === appId && request.path === ISSUE_PATHS[mode]).length;
  /** What the schedule does: it never waits for a holder. */
  const refreshNext = async (appId: string): Promise<string> => (await refresh(next, appId, { kind: 'due' })).kind;

  /** An account whose token is due, and dead at WeChat. */
  async function killedToken(appId: string): Promise<TokenState> {
    await refresh(next, appId, { kind: 'missing' });
    clock.set((await stateOf(appId)).nextDueAt);
    rig.simulator.account(appId).killCurrentToken();
    return stateOf(appId);
  }

  it.each(cases)(
    'for $seconds s $part its $step keeps the others waiting to the end of its lease and no longer, and puts no older token over a newer one',
    async ({ account: { appId }, seconds, ...stop }) => {
      const before = await killedToken(appId);
      const fingerprint = before.token?.fingerprint ?? '';
      const issuedBefore = issuesOf(appId);
      const holder = stoppingAt(rig.refreshEnvironment().dependencies, stop);
      const frozen = refresh(holder.dependencies, appId, { kind: 'refused', fingerprint });
      await holder.reachedBy(frozen);
      const thawAt = clock.now() + seconds * 1_000;
      const lease = liveLease(await stateOf(appId), clock.now());
      const isDone = stop.step === 'commit' && stop.part === 'after';
      const isHeld = lease !== undefined && thawAt < lease.end;

      clock.set(lease === undefined ? thawAt : Math.min(thawAt, lease.end - 1));
      const whileHeld = lease === undefined ? 'no lease' : await refreshNext(appId);
      expect(whileHeld).toBe(isDone || (stop.step === 'acquire' && stop.part === 'before') ? 'no lease' : 'held');
      clock.set(isHeld ? thawAt : Math.min(thawAt, lease?.end ?? thawAt));
      expect(await refreshNext(appId)).toBe(isDone ? 'not-needed' : isHeld ? 'held' : 'committed');
      const between = await stateOf(appId);
      clock.set(thawAt);
      holder.release();
      const { kind } = await frozen;

      const after = await stateOf(appId);
      expect(kind === 'committed').toBe(isDone || isHeld);
      expect(isHeld || after.token?.fingerprint === between.token?.fingerprint).toBe(true);
      expect(after.token?.receivedAt).toBeGreaterThan(before.token?.receivedAt ?? 0);
      expect(after.version).toBe(before.version + 1);
      expect(issuesOf(appId) - issuedBefore).toBeLessThanOrEqual(isHeld ? 1 : 2);
      expect(rig.simulator.account(appId).accepts(after.token?.value ?? '')).toBe(true);
      // Far from the next one, whose tokens are the later.
      clock.set(clock.now() + HOUR_MS);
    },
  );
});

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RefreshDependencies } from '#shared/access-token/refresh-outcome.ts';
import { type TickReport, tick } from '#shared/access-token/tick.ts';
import { UpstreamFailure } from '#shared/wechat/wechat-api.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';

const ACCOUNTS = 500;
/** As many as a tick refreshes at once. */
const AT_ONCE = 8;
/** How long WeChat and the table take for one account: a slow day. */
const REFRESH_MS = 400;
const HANG_MS = 4_000;
/** When each account is asked for once more. */
const HALF_LIFE_MS = 3_600_000;
const ALL_WITHIN_MS = 30_000;
const STABLE_TOKEN = '/cgi-bin/stable_token';
/** Each at least a millisecond long: after so many it is not the machine that is slow. */
const MOST_TURNS_WITHOUT_PROGRESS = 20_000;

describe('500 accounts that fall due in the same second', () => {
  const accounts = Array.from({ length: ACCOUNTS }, simulatedAccount);
  let rig: Rig;
  let clock: MovableClock;

  beforeAll(async () => {
    clock = createMovableClock();
    rig = await startRig({ accounts, clock });
  });
  afterAll(() => rig.close());

  /** A refresher for which an issue takes `durationOf` the account on the clock, and which hangs for those that have no answer. */
  function refresherWith(durationOf: (appId: string) => number | 'hangs') {
    const { dependencies } = rig.refreshEnvironment();
    const { upstream } = dependencies;
    const counts = { running: 0, most: 0 };
    const slow: RefreshDependencies['upstream'] = {
      async call(request, ...rest) {
        counts.running += 1;
        counts.most = Math.max(counts.most, counts.running);
        const { appid } = JSON.parse(Buffer.from(request.body ?? '').toString()) as { appid: string };
        const duration = durationOf(appid);
        await clock.sleep(duration === 'hangs' ? HANG_MS : duration);
        counts.running -= 1;
        if (duration === 'hangs') throw new UpstreamFailure('deadline', rig.simulator.origin, true);
        return upstream.call(request, ...rest);
      },
    };
    return { dependencies: { ...dependencies, upstream: slow }, counts };
  }

  /**
   * Runs a tick; time passes only when all that are being refreshed wait for WeChat.
   * @throws when there are fewer at once than there should be
   */
  async function runTick(dependencies: RefreshDependencies): Promise<TickReport> {
    const progress = { left: ACCOUNTS, isDone: false };
    const report = tick(dependencies, () => (progress.left -= 1)).finally(() => (progress.isDone = true));
    for (let turns = 0; !progress.isDone; turns += 1) {
      if (turns > MOST_TURNS_WITHOUT_PROGRESS) throw new Error(`no more than ${clock.sleepers} are refreshed at once`);
      if (clock.sleepers > 0 && clock.sleepers >= Math.min(AT_ONCE, progress.left)) {
        await clock.advance(100);
        turns = 0;
      } else await delay(1);
    }
    return report;
  }

  const issuesSince = (from: number) =>
    rig.simulator.log.entries.filter(({ path, at }) => path === STABLE_TOKEN && at >= from);

  it('are each issued once, eight at a time, all within 30 s', async () => {
    const { dependencies, counts } = refresherWith(() => REFRESH_MS);
    const startedAt = clock.now();
    const { refreshes, overdueMs } = await runTick(dependencies);
    expect(refreshes.map(({ outcome }) => outcome.kind)).toEqual(Array(ACCOUNTS).fill('committed'));
    const issues = issuesSince(startedAt);
    expect(issues).toHaveLength(ACCOUNTS);
    expect(new Set(issues.map(({ appId }) => appId)).size).toBe(ACCOUNTS);
    expect(Math.max(...issues.map(({ at }) => at)) - startedAt).toBeLessThanOrEqual(ALL_WITHIN_MS);
    expect({ most: counts.most, overdueMs }).toEqual({ most: AT_ONCE, overdueMs: 0 });
  });

  it('do not starve when WeChat hangs for the first eight of them, which come again in the same tick', async () => {
    clock.set(clock.now() + HALF_LIFE_MS);
    const hanging = new Set<string>();
    const { dependencies } = refresherWith((appId) => {
      if (hanging.has(appId) || hanging.size === AT_ONCE) return REFRESH_MS;
      hanging.add(appId);
      return 'hangs';
    });
    const startedAt = clock.now();
    const { refreshes, overdueMs } = await runTick(dependencies);
    expect(refreshes.filter(({ outcome }) => outcome.kind === 'failed')).toHaveLength(AT_ONCE);
    const issues = issuesSince(startedAt);
    expect(new Set(issues.map(({ appId }) => appId)).size).toBe(ACCOUNTS);
    const others = issues.filter(({ appId }) => !hanging.has(appId ?? ''));
    expect(others).toHaveLength(ACCOUNTS - AT_ONCE);
    expect(Math.max(...others.map(({ at }) => at)) - startedAt).toBeLessThanOrEqual(ALL_WITHIN_MS);
    expect(overdueMs).toBe(0);
  });
});

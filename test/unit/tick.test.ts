import { describe, expect, it } from 'vitest';
import type { RefreshDependencies } from '#shared/access-token/refresh-outcome.ts';
import { tick } from '#shared/access-token/tick.ts';
import type { DueAccount, TokenStore } from '#shared/access-token/token-store.ts';
import { createAppSecretCache } from '#shared/account/app-secret.ts';
import type { Upstream } from '#shared/wechat/upstream.ts';
import { UpstreamFailure } from '#shared/wechat/wechat-api.ts';
import { createMemoryTokenStore } from '../memory-token-store.ts';
import { createMovableClock } from '../movable-clock.ts';

const ORIGIN = 'https://api.weixin.qq.com';
const ISSUE_DEADLINE_MS = 4_000;

/** What WeChat does with an account's issue calls; `tookMs` passes before it does. */
type Behaviour = { readonly tookMs: number; readonly does: 'issue' | 'hang' | 'refuse' };

/** Accounts in the order they are due, a second apart, the first of them the longest. */
async function startTick(
  behaviours: readonly Behaviour[],
  changes: (tokens: TokenStore) => Partial<TokenStore> = () => ({}),
) {
  const clock = createMovableClock();
  clock.autoAdvance = true;
  const startedAt = clock.now();
  const tokens = createMemoryTokenStore();
  const appIds = behaviours.map((_, n) => `wx${n}`);
  for (const [n, appId] of appIds.entries()) await tokens.add(appId, startedAt - 1_000 * (behaviours.length - n));
  const sent: { readonly appId: string; readonly atMs: number }[] = [];
  let inFlight = 0;
  let most = 0;
  const upstream: Upstream = {
    async call({ body }, limits) {
      const { appid } = JSON.parse(Buffer.from(body ?? []).toString()) as { appid: string };
      const { tookMs, does } = behaviours[appIds.indexOf(appid)] ?? { tookMs: 0, does: 'issue' };
      limits.onSend?.();
      sent.push({ appId: appid, atMs: clock.now() - startedAt });
      inFlight += 1;
      most = Math.max(most, inFlight);
      await clock.sleep(does === 'hang' ? limits.deadline - clock.now() : tookMs);
      inFlight -= 1;
      if (does === 'hang') throw new UpstreamFailure('deadline', ORIGIN, true);
      const content = does === 'refuse' ? { errcode: 40243 } : { access_token: `token-of-${appid}`, expires_in: 7_200 };
      return { status: 200, headers: [], body: Buffer.from(JSON.stringify(content)), origin: ORIGIN };
    },
  };
  const dependencies: RefreshDependencies = {
    accounts: {
      get: async (appId) => ({ appId, displayName: appId, mode: 'stable', testAccount: false, addedAt: 0 }),
      put: async () => {},
    },
    secrets: createAppSecretCache({ get: async () => ({ value: 'secret', version: 'v1' }) }, clock),
    tokens: { ...tokens, ...changes(tokens) },
    upstream,
    clock,
    random: () => 0.5,
    holder: 'environment-1',
  };
  return {
    clock,
    tokens,
    sent,
    run: (onOutcome?: Parameters<typeof tick>[1]) => tick(dependencies, onOutcome),
    mostInFlight: () => most,
    tookMs: () => clock.now() - startedAt,
  };
}

const many = (count: number, behaviour: Behaviour): readonly Behaviour[] =>
  Array.from({ length: count }, () => behaviour);
const ISSUES = { tookMs: 100, does: 'issue' } as const;
const HANGS = { tookMs: 0, does: 'hang' } as const;
const REFUSES = { tookMs: 100, does: 'refuse' } as const;

describe('a tick', () => {
  it('ends at once when nothing is due', async () => {
    const scene = await startTick([]);
    expect(await scene.run()).toEqual({ refreshes: [], overdueMs: 0 });
    expect(scene.tookMs()).toBe(0);
  });

  it('refreshes what is due, the earliest first, and ends when nothing is left', async () => {
    const scene = await startTick(many(20, ISSUES));
    const { refreshes, overdueMs } = await scene.run();
    expect(refreshes.map(({ outcome }) => outcome.kind)).toEqual(Array(20).fill('committed'));
    expect(scene.sent.map(({ appId }) => appId)).toEqual(Array.from({ length: 20 }, (_, n) => `wx${n}`));
    expect(overdueMs).toBe(0);
    expect(scene.tookMs()).toBe(300);
  });

  it('refreshes at most eight at once', async () => {
    const scene = await startTick(many(30, ISSUES));
    await scene.run();
    expect(scene.mostInFlight()).toBe(8);
  });

  it('lets eight accounts that hang delay a ninth by one issue call and no more', async () => {
    const scene = await startTick([...many(8, HANGS), ISSUES]);
    await scene.run();
    const ninth = scene.sent.find(({ appId }) => appId === 'wx8');
    expect(ninth?.atMs).toBeLessThanOrEqual(ISSUE_DEADLINE_MS + 250);
    expect((await scene.tokens.read('wx8'))?.token).toBeDefined();
  });

  it('lets seven accounts that hang delay nobody', async () => {
    const scene = await startTick([...many(7, HANGS), ...many(5, ISSUES)]);
    await scene.run();
    const others = scene.sent.filter(({ appId }) => Number(appId.slice(2)) >= 7).slice(0, 5);
    expect(others.map(({ atMs }) => atMs)).toEqual([0, 100, 200, 300, 400]);
  });

  it('looks again every 20 s for what is still due, for 50 s at most', async () => {
    const scene = await startTick([HANGS]);
    const { refreshes, overdueMs } = await scene.run();
    expect(scene.sent.map(({ atMs }) => atMs)).toEqual([0, 20_000, 40_000]);
    expect(refreshes.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'failed', 'failed']);
    expect(scene.tookMs()).toBe(44_000);
    expect(overdueMs).toBe(45_000);
  });

  it('begins no refresh after 50 s, so that none is cut off by the end of the function', async () => {
    const scene = await startTick(many(150, HANGS));
    const { overdueMs } = await scene.run();
    expect(Math.max(...scene.sent.map(({ atMs }) => atMs))).toBeLessThanOrEqual(50_000);
    expect(scene.tookMs()).toBeLessThanOrEqual(50_000 + ISSUE_DEADLINE_MS);
    expect(overdueMs).toBeGreaterThan(0);
  });

  it('looks again without a call while a cooldown lasts', async () => {
    const scene = await startTick([REFUSES]);
    const { refreshes } = await scene.run();
    expect(refreshes.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'cooling', 'cooling']);
    expect(scene.sent).toHaveLength(1);
  });

  it('reports an account whose refresh throws, and refreshes the others', async () => {
    const broken = new Error('the table does not answer');
    const scene = await startTick(many(3, ISSUES), (tokens) => ({
      read: (appId) => (appId === 'wx1' ? Promise.reject(broken) : tokens.read(appId)),
    }));
    const { refreshes } = await scene.run();
    expect(refreshes.filter(({ appId }) => appId === 'wx1').map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 3 }, () => ({ kind: 'errored', error: broken })),
    );
    expect(refreshes.filter(({ outcome }) => outcome.kind === 'committed')).toHaveLength(2);
  });

  it('begins no refresh after 50 s, so that none is cut off by the end of the function', async () => {
    const scene = await startTick(many(200, HANGS));
    const { refreshes } = await scene.run();
    expect(Math.max(...scene.sent.map(({ atMs }) => atMs))).toBe(48_000);
    expect(scene.tookMs()).toBe(52_000);
    expect(refreshes).toHaveLength(104);
  });

  it('tells of each refresh as it ends, not when the tick does', async () => {
    const scene = await startTick([ISSUES, HANGS]);
    const told: [appId: string, kind: string, atMs: number][] = [];
    await scene.run((appId, { kind }) => told.push([appId, kind, scene.tookMs()]));
    expect(told.slice(0, 2)).toEqual([
      ['wx0', 'committed', 100],
      ['wx1', 'failed', 4_000],
    ]);
  });

  it('throws when the due accounts cannot be read', async () => {
    const scene = await startTick([ISSUES], () => ({
      due: () => Promise.reject(new Error('the table does not answer')),
    }));
    await expect(scene.run()).rejects.toThrow('the table does not answer');
  });

  it('is not misled by an index that lags: what was refreshed meanwhile costs no call', async () => {
    let stale: readonly DueAccount[] = [];
    const scene = await startTick([ISSUES], (tokens) => ({
      async due(now) {
        const fresh = await tokens.due(now);
        if (stale.length === 0) stale = fresh;
        return stale;
      },
    }));
    const { refreshes } = await scene.run();
    expect(refreshes.map(({ outcome }) => outcome.kind)).toEqual(['committed', 'not-needed', 'not-needed']);
    expect(scene.sent).toHaveLength(1);
  });

  it('may run twice at the same moment', async () => {
    const scene = await startTick(many(5, ISSUES));
    await Promise.all([scene.run(), scene.run()]);
    expect(scene.sent).toHaveLength(5);
  });
});

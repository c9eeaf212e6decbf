import { describe, expect, it } from 'vitest';
import type { Fault } from '../wechat-simulator/simulator.ts';
import { PROBE_PATH, type RefreshScene, startSceneWithToken } from './refresh-scene.ts';

const MODES = ['stable', 'classic'] as const;
const DUE = { kind: 'due' } as const;
const MISSING = { kind: 'missing' } as const;

/** Stable mode answers with the dead token, as WeChat may; and then goes on as it does. */
async function handOutAgain(scene: RefreshScene, times = 1): Promise<void> {
  const { value } = await scene.token();
  const body = JSON.stringify({ access_token: value, expires_in: 7_000 });
  scene.faults.add({ kind: 'body', body, path: scene.issuePath, times });
}

const isForced = ({ body }: { readonly body: Buffer }): boolean => body.toString().includes('"force_refresh":true');

const UNCLEAR: readonly (readonly [what: string, fault: Fault])[] = [
  ['does not end within 1.5 s', { kind: 'hang' }],
  ['is reset', { kind: 'reset' }],
  ['is answered with HTTP 502', { kind: 'status', status: 502 }],
  ['is answered with -1', { kind: 'errcode', errcode: -1 }],
  ['is answered with 40164', { kind: 'errcode', errcode: 40164 }],
  ['is answered with a page', { kind: 'html' }],
  ['is answered with JSON that holds no list', { kind: 'body', body: '{"hello":"world"}' }],
];

describe.each(MODES)('a refused %s token', (mode) => {
  it('that was killed is probed once, issued anew and committed', async (test) => {
    const scene = await startSceneWithToken(mode, test);
    const before = await scene.state();
    scene.wechat.killCurrentToken();
    expect(await scene.refuse()).toMatchObject({ kind: 'committed', forced: false });
    const after = await scene.state();
    expect(scene.counts()).toEqual({ issues: 1, probes: 1 });
    expect(after).toMatchObject({ version: before.version + 1, refusedAt: undefined, issued: { '20261120': 2 } });
    expect(scene.wechat.accepts(after.token?.value ?? '')).toBe(true);
  });

  it.for([40001, 40014, 42001])('is issued anew when its probe is answered with %i', async (errcode, test) => {
    const scene = await startSceneWithToken(mode, test);
    scene.faults.add({ kind: 'errcode', errcode, path: PROBE_PATH });
    // Stable mode hands out the very token that was refused: only a forced issue brings another.
    expect(await scene.refuse()).toMatchObject({ kind: 'committed', forced: mode === 'stable' });
  });

  it('that works is kept, costs no issue, and is not probed again for a minute', async (test) => {
    const scene = await startSceneWithToken(mode, test);
    const before = await scene.state();
    expect(await scene.refuse()).toEqual({ kind: 'kept' });
    expect(await scene.state()).toEqual({ ...before, provenAt: scene.clock.now() });
    scene.advance(59_999);
    expect(await scene.refuse()).toEqual({ kind: 'not-needed' });
    scene.advance(1);
    expect(await scene.refuse()).toEqual({ kind: 'kept' });
    expect(scene.counts()).toEqual({ issues: 0, probes: 2 });
  });

  it.for([45009, 45011, 48001, 50002])(
    'is kept when its probe is answered with %i, which is no refusal',
    async (errcode, test) => {
      const scene = await startSceneWithToken(mode, test);
      scene.faults.add({ kind: 'errcode', errcode, path: PROBE_PATH });
      expect(await scene.refuse()).toEqual({ kind: 'kept' });
      expect(scene.counts()).toEqual({ issues: 0, probes: 1 });
    },
  );

  it('of another fingerprint than the stored one needs nothing', async (test) => {
    const scene = await startSceneWithToken(mode, test);
    expect(await scene.refresh({ kind: 'refused', fingerprint: '0123456789abcdef' })).toEqual({ kind: 'not-needed' });
    expect(scene.counts()).toEqual({ issues: 0, probes: 0 });
  });

  it('past its end is issued without a probe', async (test) => {
    const scene = await startSceneWithToken(mode, test);
    scene.advance(7_200_000);
    expect(await scene.refuse()).toMatchObject({ kind: 'committed' });
    expect(scene.counts()).toEqual({ issues: 1, probes: 0 });
  });

  it('counts as missing once its probe was refused, and is not probed again', async (test) => {
    const scene = await startSceneWithToken(mode, test);
    scene.wechat.killCurrentToken();
    scene.wechat.freezeSecret();
    expect(await scene.refuse()).toMatchObject({ kind: 'failed', failure: { errcode: 40243 } });
    const { refusedAt, nextDueAt, token } = await scene.state();
    expect([refusedAt, nextDueAt, token === undefined]).toEqual([scene.clock.now(), scene.clock.now(), false]);
    scene.wechat.unfreezeSecret();
    scene.advance(300_000);
    expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'committed' });
    expect(scene.counts()).toEqual({ issues: 2, probes: 1 });
    expect((await scene.state()).refusedAt).toBeUndefined();
  });
});

describe.for(UNCLEAR)('a refused token whose probe %s', ([, fault]) => {
  it('is issued in stable mode, where that harms nothing', async (test) => {
    const scene = await startSceneWithToken('stable', test);
    scene.faults.add({ ...fault, path: PROBE_PATH });
    expect(await scene.refuse()).toMatchObject({ kind: 'committed', forced: false });
    expect(scene.counts()).toEqual({ issues: 1, probes: 1 });
    expect((await scene.state()).issued).toEqual({ '20261120': 2 });
  });

  it('is suspected in classic mode, and nothing is issued', async (test) => {
    const scene = await startSceneWithToken('classic', test);
    const before = await scene.state();
    scene.faults.add({ ...fault, path: PROBE_PATH });
    expect(await scene.refuse()).toEqual({
      kind: 'failed',
      failure: { class: 'unavailable', cause: 'probe-unclear' },
    });
    expect(scene.counts().issues).toBe(0);
    const now = scene.clock.now();
    const { token, issued } = before;
    expect(await scene.state()).toMatchObject({ suspectAt: now, nextDueAt: now, token, issued });
  });
});

describe('a stable token that was killed and is handed out all the same', () => {
  it('is replaced by one forced issue, counted as such', async (test) => {
    const scene = await startSceneWithToken('stable', test);
    scene.wechat.killCurrentToken();
    await handOutAgain(scene);
    expect(await scene.refuse()).toMatchObject({ kind: 'committed', forced: true });
    expect(scene.requests(scene.issuePath).map(isForced)).toEqual([false, true]);
    const state = await scene.state();
    expect(state).toMatchObject({ lastForcedAt: scene.clock.now(), issued: { '20261120': 3 }, refusedAt: undefined });
    expect(await scene.stored('forced20261120')).toBe(1);
    expect(scene.wechat.accepts(state.token?.value ?? '')).toBe(true);
  });

  it('is not forced again within 30 s', async (test) => {
    const scene = await startSceneWithToken('stable', test);
    await scene.patch('lastForcedAt', scene.clock.now() - 29_999);
    scene.wechat.killCurrentToken();
    await handOutAgain(scene);
    expect(await scene.refuse()).toMatchObject({ kind: 'failed', failure: { cause: 'forced-issue-not-allowed' } });
    expect(scene.requests(scene.issuePath).map(isForced)).toEqual([false]);
    expect((await scene.state()).cooldownEnd).toBe(scene.clock.now() + 30_000);
    scene.advance(30_000);
    await handOutAgain(scene);
    expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed', forced: true });
  });

  it('is not forced once the forced issues of the day are used up', async (test) => {
    const scene = await startSceneWithToken('stable', test);
    await scene.patch('forced20261120', 10);
    scene.wechat.killCurrentToken();
    await handOutAgain(scene);
    expect(await scene.refuse()).toMatchObject({ kind: 'failed', failure: { cause: 'forced-issue-not-allowed' } });
    expect(scene.requests(scene.issuePath).map(isForced)).toEqual([false]);
  });

  it('is not stored again when even the forced issue brings the same one', async (test) => {
    const scene = await startSceneWithToken('stable', test);
    const { version } = await scene.state();
    scene.wechat.killCurrentToken();
    await handOutAgain(scene, 2);
    expect(await scene.refuse()).toMatchObject({ kind: 'failed', failure: { cause: 'forced-issue-without-effect' } });
    const state = await scene.state();
    expect(state).toMatchObject({ version, refusedAt: scene.clock.now(), cooldownEnd: scene.clock.now() + 30_000 });
  });
});

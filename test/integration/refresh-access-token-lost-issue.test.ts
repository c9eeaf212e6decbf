import { describe, expect, it } from 'vitest';
import { PROBE_PATH, startSceneWithToken } from './refresh-scene.ts';

const DUE = { kind: 'due' } as const;

describe('a classic token after an issue whose answer was lost', () => {
  it('is suspect and due; the next one is suspect too, until a probe after the overlap', async (test) => {
    const scene = await startSceneWithToken('classic', test);
    const before = await scene.token();
    scene.clock.set((await scene.state()).nextDueAt);
    scene.faults.add({ kind: 'reset', when: 'after', path: scene.issuePath });
    expect(await scene.refresh(DUE)).toMatchObject({ kind: 'failed' });
    const suspectAt = scene.clock.now();
    expect(await scene.state()).toMatchObject({ suspectAt, nextDueAt: suspectAt, token: before });
    scene.advance(1_000);
    expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed' });
    const again = await scene.state();
    expect(again.suspectAt).toBe(again.token?.receivedAt);
    expect(again.nextDueAt).toBe((again.token?.receivedAt ?? 0) + 330_000);
    scene.clock.set(again.nextDueAt);
    expect(await scene.refresh(DUE)).toEqual({ kind: 'kept' });
    expect((await scene.state()).suspectAt).toBeUndefined();
  });

  it('that turns out to be replaced is refused by the probe after the overlap, and issued anew', async (test) => {
    const scene = await startSceneWithToken('classic', test);
    scene.faults.add({ kind: 'errcode', errcode: -1, path: PROBE_PATH });
    // The probe says nothing; meanwhile somebody else has issued.
    await scene.refuse();
    scene.wechat.issueElsewhere('classic');
    scene.advance(1_000);
    expect(await scene.refresh(DUE)).toEqual({ kind: 'kept' });
    const { suspectAt, nextDueAt } = await scene.state();
    expect(nextDueAt).toBe((suspectAt ?? 0) + 330_000);
    scene.clock.set(nextDueAt);
    expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed' });
    expect(scene.counts()).toEqual({ issues: 1, probes: 3 });
    expect(scene.wechat.accepts((await scene.token()).value)).toBe(true);
  });
});

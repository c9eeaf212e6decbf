import { describe, expect, it } from 'vitest';
import type { Fault } from '../wechat-simulator/simulator.ts';
import { startRefreshScene, startSceneWithToken } from './refresh-scene.ts';

const MODES = ['stable', 'classic'] as const;
const DUE = { kind: 'due' } as const;
const token = (access_token: unknown, expires_in: unknown = 7_200): Fault => ({
  kind: 'body',
  body: JSON.stringify({ access_token, expires_in }),
});

/** What may come instead of a token, and the cause that is stored for it. */
const PASSING: readonly (readonly [what: string, fault: Fault, cause: string])[] = [
  ['a reset before WeChat has done anything', { kind: 'reset' }, 'reset'],
  ['a reset after WeChat has issued', { kind: 'reset', when: 'after' }, 'reset'],
  ['HTTP 500', { kind: 'status', status: 500 }, 'status-500'],
  ['HTTP 502 with a page', { kind: 'status', status: 502 }, 'status-502'],
  ['HTTP 503', { kind: 'status', status: 503 }, 'status-503'],
  ['errcode -1', { kind: 'errcode', errcode: -1 }, 'errcode'],
  ['an HTML page under HTTP 200', { kind: 'html' }, 'odd-answer'],
  ['an answer that is cut off', { kind: 'truncate', atByte: 20 }, 'reset'],
  ['half of a JSON text', { kind: 'body', body: '{"access_token":"50_abc","expires_' }, 'odd-answer'],
  ['an endless answer', { kind: 'endless' }, 'answer-too-large'],
  ['an empty body', { kind: 'body', body: '' }, 'odd-answer'],
  ['an empty object', { kind: 'body', body: '{}' }, 'odd-answer'],
  ['a list', { kind: 'body', body: '[]' }, 'odd-answer'],
  ['null', { kind: 'body', body: 'null' }, 'odd-answer'],
  ['a text', { kind: 'body', body: '"50_abc"' }, 'odd-answer'],
  ['errcode 0 without a token', { kind: 'body', body: '{"errcode":0,"errmsg":"ok"}' }, 'odd-answer'],
  ['an empty token', token(''), 'odd-answer'],
  ['a token that is a number', token(50), 'odd-answer'],
  ['a token of 10 KB', token('x'.repeat(10_240)), 'odd-answer'],
  ['a token of 1,025 characters', token('x'.repeat(1_025)), 'odd-answer'],
  ['a token of over 16 KB', token('x'.repeat(20_000)), 'answer-too-large'],
  ['a token with a space', token('50 abc'), 'odd-answer'],
  ['a token with a line break', token('50_abc\n'), 'odd-answer'],
  ['a token that is not ASCII', token('50_\u4ee4\u724c'), 'odd-answer'],
  ['no expires_in', { kind: 'body', body: '{"access_token":"50_abc"}' }, 'odd-answer'],
  ['expires_in as a text', token('50_abc', '7200'), 'odd-answer'],
  ['expires_in null', token('50_abc', null), 'odd-answer'],
  ['expires_in 0', token('50_abc', 0), 'odd-answer'],
  ['expires_in below 0', token('50_abc', -1), 'odd-answer'],
  ['expires_in over a day', token('50_abc', 86_401), 'odd-answer'],
];

describe.each(MODES)('a %s refresh that fails for a moment', (mode) => {
  it.for(PASSING)(
    'by %s stores nothing of it, keeps the token and pauses for up to a second',
    async ([, fault, cause], test) => {
      const scene = await startSceneWithToken(mode, test);
      const before = await scene.state();
      scene.clock.set(before.nextDueAt);
      scene.faults.add({ ...fault, path: scene.issuePath });
      const outcome = await scene.refresh(DUE);
      const after = await scene.state();
      const failure = { class: 'unavailable', cause };
      expect(outcome).toMatchObject({ kind: 'failed', failure });
      expect(after.failure).toMatchObject({ ...failure, at: scene.clock.now(), count: 1 });
      expect(after.cooldownEnd - scene.clock.now()).toBeGreaterThanOrEqual(500);
      expect(after.cooldownEnd - scene.clock.now()).toBeLessThanOrEqual(1_000);
      // In classic mode WeChat may have issued another token, of which we know nothing.
      const suspectAt = mode === 'classic' ? scene.clock.now() : undefined;
      expect(after).toMatchObject({
        token: before.token,
        version: before.version,
        suspectAt,
        nextDueAt: before.nextDueAt,
      });
      scene.clock.set(after.cooldownEnd);
      expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed' });
    },
  );

  it('takes a token of 1,024 characters and expires_in with a fraction', async (test) => {
    const scene = await startRefreshScene(mode, test);
    scene.faults.add({ ...token('x'.repeat(1_024), 86_399.5), path: scene.issuePath });
    expect(await scene.refresh({ kind: 'missing' })).toMatchObject({ kind: 'committed' });
    const { value, expiresAt, sentAt } = await scene.token();
    expect([value.length, expiresAt - sentAt]).toEqual([1_024, 86_399_500]);
  });

  it('ends after 4 s when no answer comes, whether WeChat has issued or not', async (test) => {
    const scenes = await Promise.all([startSceneWithToken(mode, test), startSceneWithToken(mode, test)]);
    const [hangsBefore, hangsAfter] = scenes;
    hangsBefore.faults.add({ kind: 'hang', path: hangsBefore.issuePath });
    hangsAfter.faults.add({ kind: 'hang', when: 'after', path: hangsAfter.issuePath });
    const outcomes = await Promise.all(
      scenes.map((scene) => {
        scene.advance(6_960_000);
        return scene.refresh(DUE);
      }),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ kind: 'failed', failure: { class: 'unavailable' } });
    }
    for (const scene of scenes) {
      const { suspectAt, nextDueAt } = await scene.state();
      expect(suspectAt).toBe(mode === 'classic' ? scene.clock.now() : undefined);
      expect(nextDueAt).toBeLessThanOrEqual(scene.clock.now());
    }
  });

  it('doubles the pause up to 40 s, half of it by chance, and is refused without a call until it is over', async (test) => {
    const scene = await startRefreshScene(mode, test);
    scene.faults.add({ kind: 'errcode', errcode: -1, path: scene.issuePath, times: 9 });
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 40_000, 40_000, 40_000]) {
      expect(await scene.refresh({ kind: 'missing' })).toMatchObject({ kind: 'failed' });
      const { cooldownEnd } = await scene.state();
      expect(cooldownEnd - scene.clock.now()).toBeGreaterThanOrEqual(pauseMs / 2);
      expect(cooldownEnd - scene.clock.now()).toBeLessThanOrEqual(pauseMs);
      const sent = scene.counts().issues;
      scene.clock.set(cooldownEnd - 1);
      expect(await scene.refresh({ kind: 'missing' })).toMatchObject({ kind: 'cooling', failure: { errcode: -1 } });
      expect(scene.counts().issues).toBe(sent);
      scene.clock.set(cooldownEnd);
    }
    expect(await scene.refresh({ kind: 'missing' })).toMatchObject({ kind: 'committed' });
    expect(await scene.state()).toMatchObject({ cooldownEnd: 0, failure: { count: 0 } });
  });
});

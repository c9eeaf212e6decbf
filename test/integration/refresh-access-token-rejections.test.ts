import { DeleteSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { type RefreshScene, startRefreshScene, startSceneWithToken } from './refresh-scene.ts';

const MODES = ['stable', 'classic'] as const;
const DUE = { kind: 'due' } as const;
const MISSING = { kind: 'missing' } as const;
const MINUTE_MS = 60_000;
const NEW_SECRET = 'b'.repeat(32);
/** WeChat's minute may begin up to 2 s after ours. */
const CLOCKS_DIFFER_BY_MS = 2_000;
const MIDNIGHT_UTC8 = Date.UTC(2026, 10, 20, 16);

const storeSecret = (scene: RefreshScene, text: string) =>
  scene.rig.secretsManager.send(
    new PutSecretValueCommand({ SecretId: `${scene.rig.secretPrefix}${scene.appId}`, SecretString: text }),
  );

const asErrcode = (errcode: number) => (scene: RefreshScene) => {
  scene.faults.add({ kind: 'errcode', errcode, path: scene.issuePath, times: Infinity });
  return () => scene.faults.clear();
};

/** What WeChat refuses and how that ends, the errcode, and the pause in minutes. */
const REJECTIONS: readonly (readonly [number, number, (scene: RefreshScene) => () => void])[] = [
  [40013, 5, asErrcode(40013)],
  [40001, 5, asErrcode(40001)],
  [
    40125,
    5,
    ({ wechat, appSecret }) => {
      wechat.setSecret('c'.repeat(32));
      return () => wechat.setSecret(appSecret);
    },
  ],
  [
    40164,
    5,
    ({ wechat }) => {
      wechat.setAllowedIps(['192.0.2.1']);
      return () => wechat.setAllowedIps(undefined);
    },
  ],
  [
    40243,
    5,
    ({ wechat }) => {
      wechat.freezeSecret();
      return () => wechat.unfreezeSecret();
    },
  ],
  [
    89503,
    5,
    ({ wechat }) => {
      wechat.requireConfirmation(true);
      return () => wechat.requireConfirmation(false);
    },
  ],
  [89501, 5, asErrcode(89501)],
  [89506, 60, asErrcode(89506)],
  [89507, 60, asErrcode(89507)],
  [50004, 5, asErrcode(50004)],
];

describe.each(MODES)('a %s refresh that WeChat rejects', (mode) => {
  it.for(REJECTIONS)(
    'with %i pauses for %i minutes and goes on serving the token',
    async ([errcode, minutes, begin], test) => {
      const scene = await startSceneWithToken(mode, test);
      const before = await scene.state();
      scene.clock.set(before.nextDueAt);
      const end = begin(scene);
      const failure = { class: 'rejected', cause: 'errcode', errcode };
      expect(await scene.refresh(DUE)).toMatchObject({ kind: 'failed', failure });
      const state = await scene.state();
      expect(state.failure).toMatchObject({ ...failure, rid: expect.any(String), secretVersion: expect.any(String) });
      expect(state.cooldownEnd).toBe(scene.clock.now() + minutes * MINUTE_MS);
      expect(state).toMatchObject({ token: before.token, version: before.version, suspectAt: undefined });
      const calls = scene.counts();
      scene.clock.set(state.cooldownEnd - 1);
      expect(await scene.refresh(DUE)).toMatchObject({ kind: 'cooling', failure: { errcode } });
      expect(scene.counts()).toEqual(calls);
      scene.clock.set(state.cooldownEnd);
      end();
      expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed' });
    },
  );

  it('for its address stores the address that WeChat saw', async (test) => {
    const scene = await startRefreshScene(mode, test);
    scene.wechat.setAllowedIps(['192.0.2.1']);
    await scene.refresh(MISSING);
    expect((await scene.state()).failure).toMatchObject({ errcode: 40164, egressAddress: '127.0.0.1' });
  });

  it('for its app secret calls once when the secret has not been replaced', async (test) => {
    const scene = await startRefreshScene(mode, test);
    scene.wechat.setSecret(NEW_SECRET);
    expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'failed', failure: { errcode: 40125 } });
    expect(scene.counts().issues).toBe(1);
    expect(await scene.stored('issued20261120')).toBe(1);
  });

  it.for([40125, 40001])(
    'with %i for an app secret that has been replaced since it was read calls once more',
    async (errcode, test) => {
      const scene = await startSceneWithToken(mode, test);
      scene.clock.set((await scene.state()).nextDueAt);
      // The environment knows the secret of an hour ago for five minutes from this read on.
      await scene.dependencies.secrets.get(scene.appId);
      scene.rig.canary.mark('app secret', NEW_SECRET);
      await storeSecret(scene, JSON.stringify({ appSecret: NEW_SECRET }));
      scene.wechat.setSecret(NEW_SECRET);
      if (errcode === 40001) scene.faults.add({ kind: 'errcode', errcode, path: scene.issuePath });
      expect(await scene.refresh(DUE)).toMatchObject({ kind: 'committed' });
      expect(scene.counts().issues).toBe(2);
      expect(await scene.stored('issued20261120')).toBe(3);
    },
  );

  it('is lifted at once by another app secret, and never by the one that was refused', async (test) => {
    const scene = await startRefreshScene(mode, test);
    scene.wechat.setSecret(NEW_SECRET);
    await scene.refresh(MISSING);
    expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'cooling' });
    await storeSecret(scene, JSON.stringify({ appSecret: NEW_SECRET }));
    expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'committed' });
    expect(scene.counts().issues).toBe(2);
  });

  it('is lifted into a pause of its own when the other app secret is refused too', async (test) => {
    const scene = await startRefreshScene(mode, test);
    scene.wechat.setSecret(NEW_SECRET);
    await scene.refresh(MISSING);
    await storeSecret(scene, JSON.stringify({ appSecret: 'd'.repeat(32) }));
    expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'failed', failure: { errcode: 40125 } });
    expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'cooling' });
    expect(scene.counts().issues).toBe(2);
  });

  it('without an app secret, or with one that is not ours, sends nothing and counts nothing', async (test) => {
    const scene = await startRefreshScene(mode, test);
    await storeSecret(scene, '{"secret":"something else"}');
    expect(await scene.refresh(MISSING)).toMatchObject({
      kind: 'failed',
      failure: { class: 'rejected', cause: 'app-secret-malformed' },
    });
    await scene.rig.secretsManager.send(
      new DeleteSecretCommand({ SecretId: `${scene.rig.secretPrefix}${scene.appId}` }),
    );
    scene.advance(5 * MINUTE_MS);
    expect(await scene.refresh(MISSING)).toMatchObject({
      kind: 'failed',
      failure: { class: 'rejected', cause: 'app-secret-missing' },
    });
    expect(scene.counts().issues).toBe(0);
    expect(await scene.stored('issued20261120')).toBe(0);
  });

  it('while secrets cannot be read sends nothing, and comes again after a short pause', async (test) => {
    const scene = await startRefreshScene(mode, test);
    scene.rig.secrets.failWith(403);
    expect(await scene.refresh(MISSING)).toMatchObject({
      kind: 'failed',
      failure: { class: 'unavailable', cause: 'app-secret-unavailable' },
    });
    scene.rig.secrets.recover();
    scene.advance(1_000);
    expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'committed' });
    expect(scene.counts().issues).toBe(1);
  });

  it.for([45009, 45011])(
    'with %i waits for the next minute, then for the next day in UTC+8, and there begins anew',
    async (errcode, test) => {
      const scene = await startRefreshScene(mode, test);
      const end = asErrcode(errcode)(scene);
      scene.advance(12_345);
      expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'failed', failure: { class: 'quota', errcode } });
      const first = (await scene.state()).cooldownEnd;
      expect(first % MINUTE_MS).toBe(CLOCKS_DIFFER_BY_MS);
      expect(first - scene.clock.now()).toBeLessThan(MINUTE_MS + CLOCKS_DIFFER_BY_MS);
      scene.clock.set(first);
      expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'failed' });
      expect((await scene.state()).cooldownEnd).toBe(MIDNIGHT_UTC8 + CLOCKS_DIFFER_BY_MS);
      scene.clock.set(MIDNIGHT_UTC8 + CLOCKS_DIFFER_BY_MS - 1);
      expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'cooling' });
      scene.advance(1);
      expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'failed' });
      expect((await scene.state()).cooldownEnd).toBe(MIDNIGHT_UTC8 + MINUTE_MS + CLOCKS_DIFFER_BY_MS);
      end();
      scene.advance(MINUTE_MS + CLOCKS_DIFFER_BY_MS);
      expect(await scene.refresh(MISSING)).toMatchObject({ kind: 'committed' });
    },
  );
});

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCallerId, createCallerKey } from '../../shared/caller/caller-key.ts';
import type { Rig } from '../gateway-rig.ts';
import { createStillClock } from '../integration/still-clock.ts';
import { revokeKey } from './caller-keys.ts';
import { type DriverProcess, startDriver } from './driver-process.ts';
import { installedSdks, type Sdk } from './installed-sdks.ts';
import { type SdkScene, startSdkScene } from './sdk-scene.ts';

/** Fewer than this many requests per SDK, whatever it repeats. */
const ENOUGH = 30;
const START = Date.UTC(2026, 9, 1, 1);
const ALL_BUT_TOKEN_ENDPOINTS = /^\/cgi-bin\/(?!token$|stable_token$)/;

describe.skipIf(installedSdks.length === 0)(
  'an app that cannot be helped gets an error from its SDK and no loop',
  () => {
    it.each(installedSdks)('with $name, when WeChat refuses every access token for ever', async (sdk) => {
      const scene = await startSdkScene();
      refuseEveryToken(scene.rig);
      expect(await requestsUntilError(scene.startApp(sdk), sdk, scene)).toBeLessThan(ENOUGH);
    });

    it.each(installedSdks)('with $name, within 60 s after its caller key was revoked', async (sdk) => {
      const clock = createStillClock(START);
      const scene = await startSdkScene({ clock });
      const app = scene.startApp(sdk);
      await app.bring(sdk.call, 'o1');
      await revokeKey(scene.rig, scene.rig.callerKey);
      clock.set(START + 60_000);
      const reached = scene.rig.simulator.log.count();
      expect(await requestsUntilError(app, sdk, scene)).toBeLessThan(ENOUGH);
      expect(scene.rig.simulator.log.count()).toBe(reached);
    });

    it.each(installedSdks)('with $name, when its secret is no caller key', async (sdk) => {
      const scene = await startSdkScene();
      expect(
        await requestsUntilError(scene.startApp(sdk, { secret: randomBytes(16).toString('hex') }), sdk, scene),
      ).toBeLessThan(ENOUGH);
    });

    it.each(installedSdks)('with $name, when nobody knows its caller key', async (sdk) => {
      const scene = await startSdkScene();
      expect(
        await requestsUntilError(scene.startApp(sdk, { secret: createCallerKey(createCallerId()) }), sdk, scene),
      ).toBeLessThan(ENOUGH);
    });

    it.each(installedSdks)('with $name, when its app ID is not known', async (sdk) => {
      const scene = await startSdkScene();
      expect(await requestsUntilError(scene.startApp(sdk, { appId: 'wx0000000000000000' }), sdk, scene)).toBeLessThan(
        ENOUGH,
      );
    });
  },
);

describe.each(installedSdks.filter(({ name }) => name === 'wechatpy'))('without the gateway', (sdk) => {
  it('$name shows that it matters: it asks for another token again and again until its stack is used up', async () => {
    const { rig, appId } = await startSdkScene();
    refuseEveryToken(rig);
    const secret = randomBytes(16).toString('hex');
    rig.simulator.account(appId).setSecret(secret);
    const app = startDriver(sdk, { baseUrl: rig.simulator.origin, appId, secret });
    await expect(app.run(sdk.call, 'o1')).rejects.toThrow('RecursionError');
    expect(rig.simulator.log.count()).toBeGreaterThan(10 * ENOUGH);
  });
});

function refuseEveryToken({ simulator }: Rig): void {
  simulator.faults.add({ kind: 'errcode', errcode: 40001, path: ALL_BUT_TOKEN_ENDPOINTS, times: Infinity });
}

/** How many requests the SDK makes for one call of its app that ends with an error. */
async function requestsUntilError(app: DriverProcess, sdk: Sdk, { gateway }: SdkScene): Promise<number> {
  gateway.forget();
  expect(await app.run(sdk.call, 'o1')).toEqual({
    error: { errcode: expect.any(Number), message: expect.any(String) },
  });
  expect(gateway.calls.length).toBeGreaterThan(0);
  return gateway.calls.length;
}

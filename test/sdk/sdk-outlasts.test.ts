import { describe, expect, it } from 'vitest';
import { createStillClock } from '../integration/still-clock.ts';
import { addKey, retireKey } from './caller-keys.ts';
import type { DriverProcess } from './driver-process.ts';
import { installedSdks, type Sdk } from './installed-sdks.ts';
import { type SdkScene, startSdkScene } from './sdk-scene.ts';

const START = Date.UTC(2026, 9, 1, 1);
/** Inside the last 4.5 minutes of a token of 7,200 s, and well inside the 7,800 s of a gateway token. */
const TOKEN_DUE_AFTER_MS = 6_950_000;
/** After it every environment has read a changed caller. */
const CALLER_CHANGED_AFTER_MS = 60_000;

describe.skipIf(installedSdks.length === 0)('an app whose SDK once got a token', () => {
  it.each(installedSdks)('with $name never asks for another, whatever happens behind the gateway', async (sdk) => {
    const clock = createStillClock(START);
    const scene = await startSdkScene({ clock });
    const app = scene.startApp(sdk);
    await expectTokenCalls(1, app, sdk, scene);

    await expectRotation(scene, async () => {
      scene.rig.simulator.account(scene.appId).killCurrentToken();
      await expectTokenCalls(0, app, sdk, scene);
      // For the SDK whose only call is answered with a stored ticket, so that it meets no dead token.
      await scene.rig.callEnvironment().call({ path: '/cgi-bin/user/info', query: 'openid=o1' });
    });
    await expectRotation(scene, async () => {
      clock.set(START + TOKEN_DUE_AFTER_MS);
      await scene.rig.refreshEnvironment().invoke({});
    });
    await expectTokenCalls(0, app, sdk, scene);

    await scene.gateway.restart();
    await expectTokenCalls(0, app, sdk, scene);

    const secondKey = await addKey(scene.rig);
    await retireKey(scene.rig, scene.rig.callerKey);
    clock.set(clock.now() + CALLER_CHANGED_AFTER_MS);
    await expectTokenCalls(0, app, sdk, scene);

    await expectTokenCalls(1, scene.startApp(sdk, { secret: secondKey }), sdk, scene);
    expect(await scene.startApp(sdk).run(sdk.call, 'o1')).toMatchObject({ error: expect.anything() });
  });
});

/** Makes two good calls that carry the token, and counts how often the SDK asked the token endpoint meanwhile. */
async function expectTokenCalls(count: number, app: DriverProcess, sdk: Sdk, { gateway }: SdkScene): Promise<void> {
  gateway.forget();
  for (let calls = 0; calls < 2; calls += 1) await app.bring(sdk.call, 'o1');
  expect(gateway.tokenCalls()).toBe(count);
  expect(gateway.calls.length).toBeGreaterThanOrEqual(2 + count);
}

async function expectRotation({ rig, appId }: SdkScene, rotate: () => Promise<void>): Promise<void> {
  const before = (await rig.tokens.read(appId))?.token?.fingerprint;
  await rotate();
  const after = (await rig.tokens.read(appId))?.token?.fingerprint;
  expect(after).toEqual(expect.any(String));
  expect(after).not.toBe(before);
}

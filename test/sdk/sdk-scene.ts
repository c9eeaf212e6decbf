import { onTestFinished } from 'vitest';
import { type Rig, type RigSettings, startRig } from '../gateway-rig.ts';
import { simulatedAccount } from '../integration/callers.ts';
import { type CountingGateway, startCountingGateway } from './counting-gateway.ts';
import { type DriverProcess, startDriver } from './driver-process.ts';
import type { DriverSettings } from './drivers/serve.ts';
import type { Sdk } from './installed-sdks.ts';

/** A gateway with one account and a token, and apps in front of it. Everything ends with the test. */
export interface SdkScene {
  readonly rig: Rig;
  readonly gateway: CountingGateway;
  readonly appId: string;
  /** An app that was moved to this gateway; by default with everything right. */
  readonly startApp: (sdk: Sdk, wrong?: Partial<DriverSettings>) => DriverProcess;
}

/** Starts one. @param settings as of the rig */
export async function startSdkScene(settings: Pick<RigSettings, 'clock' | 'pathPrefix'> = {}): Promise<SdkScene> {
  const account = simulatedAccount();
  const rig = await startRig({ ...settings, accounts: [account] });
  await rig.refreshEnvironment().invoke({});
  const gateway = await startCountingGateway(rig);
  onTestFinished(async () => {
    await gateway.close();
    await rig.close();
  });
  const baseUrl = `${gateway.endpoint}${settings.pathPrefix ?? ''}`;
  const right = { baseUrl, appId: account.appId, secret: rig.callerKey };
  return { rig, gateway, appId: account.appId, startApp: (sdk, wrong) => startDriver(sdk, { ...right, ...wrong }) };
}

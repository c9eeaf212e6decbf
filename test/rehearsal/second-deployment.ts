import { createAppCalls } from './app-calls.ts';
import { type DeployedStage, deployedStage } from './deployed-stage.ts';
import { functionLogs } from './function-logs.ts';
import type { PeopledScene } from './scene.ts';
import { CHANGED_ENVIRONMENT } from './stage-environments.ts';
import { STABLE_TOKEN_PATH, storedFingerprint } from './stored-token.ts';

/** Deploys the changed stage over the first: what was entered and issued before must work on, and nothing may be issued anew. */
export async function deployAgain(scene: PeopledScene, assembly: string): Promise<void> {
  const { report, deployment, shop, stage } = scene;
  const before = await stateOf(scene);
  const handedOut = await createAppCalls(stage.apiUrl, scene).gatewayToken(shop.appId);
  const changed = await report.step(
    'npm run deploy of the changed stage',
    async () => deployedStage(await deployment.deploy(assembly)),
    ({ apiUrl }) => apiUrl,
  );
  await report.step('the change is there', () => seeChange(stage, changed));
  await report.step('nothing is lost', async () => {
    const app = createAppCalls(changed.apiUrl, scene);
    await app.read(shop.appId);
    await app.send(handedOut);
    const after = await stateOf(scene);
    if (after !== before) throw new Error(`it was ${before} and is ${after}`);
  });
}

/** The tokens' fingerprints and how often WeChat was asked for one. */
async function stateOf(scene: PeopledScene): Promise<string> {
  const { simulator, shop, support } = scene;
  const fingerprints = await Promise.all([shop, support].map(({ appId }) => storedFingerprint(scene, appId)));
  return JSON.stringify({ fingerprints, issues: simulator.log.count(STABLE_TOKEN_PATH) });
}

async function seeChange(stage: DeployedStage, changed: DeployedStage): Promise<void> {
  const { pathPrefix, logRetentionDays } = CHANGED_ENVIRONMENT;
  if (changed.apiUrl !== `${stage.apiUrl}${pathPrefix}`) throw new Error(`the API is at ${changed.apiUrl}`);
  const kept = await (await functionLogs(changed.callFunctionName)).retentionDays();
  if (kept !== logRetentionDays) throw new Error(`logs are kept for ${kept} days`);
  for (const name of ['TableName', 'RefreshAccessTokenName', 'CallWechatApiName']) {
    if (stage.outputs.get(name) !== changed.outputs.get(name)) throw new Error(`${name} is another one`);
  }
}

import { denialsIn } from './denials.ts';
import { enterData } from './enter-data.ts';
import { deployFirst } from './first-deployment.ts';
import type { PeopledScene, Scene } from './scene.ts';
import { deployAgain } from './second-deployment.ts';
import { consultDoctor } from './sick-gateway.ts';
import { CHANGED_ENVIRONMENT } from './stage-environments.ts';
import { waitForSchedule } from './stored-token.ts';
import { callFor, useEverything } from './use-gateway.ts';

/** Deploys, operates, calls, falls ill, deploys again. Throws at the first thing that is not as it must be. */
export async function rehearse(beginning: Scene): Promise<void> {
  const scene = await enterData(await deployFirst(beginning));
  const { report, deployment, shop, support } = scene;
  await callFor(scene, support.appId);
  await useEverything(scene);
  // Before the wait, which is long enough for it.
  const changed = await report.step('npm run synth of a changed stage', () =>
    deployment.synthesise('changed', CHANGED_ENVIRONMENT),
  );
  const schedule = 'first token by the schedule';
  await report.step(
    schedule,
    () => waitForSchedule(scene, shop.appId),
    (fingerprint) => `fingerprint ${fingerprint}`,
  );
  await callFor(scene, shop.appId);
  await consultDoctor(scene);
  await deployAgain(scene, changed);
  await report.step('no secret in what MiniStack and the functions wrote', () => seeNoSecret(scene));
  await report.step('nothing refused to the functions by their roles', () => seeNoDenial(scene));
}

async function seeNoSecret({ simulator, shop, support, caller, written }: PeopledScene): Promise<void> {
  const text = await written();
  const tokens = [shop, support].map(({ appId }) => simulator.account(appId).currentToken('stable') ?? '');
  const secrets = [shop.appSecret, support.appSecret, caller.callerKey, ...tokens];
  const found = secrets.filter((secret) => secret === '' || text.includes(secret));
  if (found.length > 0) throw new Error(`${found.length} of ${secrets.length} were written, or are missing`);
}

/** Also what a function can do without for once: it would be missed on AWS. */
async function seeNoDenial({ written }: PeopledScene): Promise<void> {
  const { all, ofTheStack } = denialsIn(await written());
  if (all.length === 0) throw new Error('not even the calls that must be refused were: no policy was looked at');
  if (ofTheStack.length > 0) throw new Error(ofTheStack.join('\n'));
}

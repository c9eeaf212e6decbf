import { deployedStage } from './deployed-stage.ts';
import { createOperator } from './operator.ts';
import { hirePeople } from './people.ts';
import type { DeployedScene, Scene } from './scene.ts';
import { FIRST_ENVIRONMENT } from './stage-environments.ts';

/** Synthesises, bootstraps and deploys the stage, and makes the roles of those who will use it. */
export async function deployFirst(scene: Scene): Promise<DeployedScene> {
  const { report, deployment, pointToLoopback } = scene;
  const assembly = await report.step('npm run synth', () => deployment.synthesise('first', FIRST_ENVIRONMENT));
  await report.step('cdk bootstrap', () => deployment.bootstrap(assembly));
  const stage = await report.step(
    'npm run deploy',
    async () => deployedStage(await deployment.deploy(assembly)),
    ({ apiUrl }) => apiUrl,
  );
  for (const [line] of (await scene.written()).matchAll(/^NOT REHEARSED.*$/gm)) report.tell(line);
  await pointToLoopback(new URL(stage.apiUrl).hostname);
  const people = await report.step('roles for an operator and for apps', () => hirePeople(stage.outputs));
  return { ...scene, stage, people, operator: createOperator(people.operator) };
}

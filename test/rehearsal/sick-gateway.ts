import { randomBytes } from 'node:crypto';
import { noticeOf } from './alarm-notice.ts';
import { askDoctor, expectHealthy, expectSick, warningsOf } from './doctor.ts';
import { setSecret } from './enter-data.ts';
import type { PeopledScene } from './scene.ts';
import { switchSchedule } from './schedule-switch.ts';

/** The doctor on the deployed stage: healthy, with a wrong app secret, with a stopped schedule, and healthy again. */
export async function consultDoctor(scene: PeopledScene): Promise<void> {
  const { report, operator, support, stage } = scene;
  const healthy = async () => expectHealthy(await askDoctor(operator));
  await report.step('doctor: healthy', healthy, warningsOf);
  await report.step('doctor: wrong app secret', async () => {
    const wrong = randomBytes(16).toString('hex');
    await operator(['account', 'set-secret', support.appId], { stdin: wrong, accept: [1] });
    expectSick(await askDoctor(operator), /app secret of \w+: it is wrong/, /account set-secret/);
    await setSecret(operator, support, true);
  });
  await report.step('notice of the alarm about it', async () => {
    const notice = await noticeOf(scene, 'app-secret-unusable');
    if (!notice.includes('Support')) throw new Error(`it does not say whose: ${notice}`);
  });
  await report.step('doctor: stopped schedule', async () => {
    await switchSchedule(stage.refreshScheduleName, 'DISABLED');
    expectSick(await askDoctor(operator), /schedule .* is disabled/, /Enable/);
    await switchSchedule(stage.refreshScheduleName, 'ENABLED');
  });
  await report.step('doctor: healthy again', healthy, warningsOf);
}

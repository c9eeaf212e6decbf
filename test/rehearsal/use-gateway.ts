import { createAppCalls, READ_PATH } from './app-calls.ts';
import { callApi, expectErrcode } from './deployed-api.ts';
import { functionLogs } from './function-logs.ts';
import type { PeopledScene } from './scene.ts';
import { signedCall } from './signed-call.ts';
import { STABLE_TOKEN_PATH } from './stored-token.ts';

/** Calls for an account as an app that knows its caller key, and as an SDK that asks for a token first. */
export async function callFor(scene: PeopledScene, appId: string): Promise<void> {
  const app = createAppCalls(scene.stage.apiUrl, scene);
  await scene.report.step(`call for ${appId} with the caller key`, () => app.read(appId));
  await scene.report.step(`call for ${appId} with a gateway token`, async () =>
    app.send(await app.gatewayToken(appId)),
  );
}

/** Everything that takes another function, or another door. */
export async function useEverything(scene: PeopledScene): Promise<void> {
  const { report, support, stage, operator } = scene;
  await report.step('call with a token that died', () => healDeadToken(scene));
  await report.step('login with the app secret', () => createAppCalls(stage.apiUrl, scene).logIn(support.appId));
  await report.step('call without a credential', async () =>
    expectErrcode(await callApi(stage.apiUrl, READ_PATH), 41001),
  );
  await report.step('calls signed by an app, by a stranger and by nobody', () => useIamDoor(scene));
  await report.step('sync of the IP lists', async () => void (await operator(['ips', 'sync'])));
  await report.step('quotas asked for, and one cleared', () => useQuotas(scene));
  await report.step('these calls in the log of the deployed function', () => seeLogs(scene));
}

async function healDeadToken(scene: PeopledScene): Promise<void> {
  const { simulator, support, stage } = scene;
  const before = simulator.log.count(STABLE_TOKEN_PATH);
  simulator.account(support.appId).killCurrentToken();
  const authorization = `Bearer ${scene.caller.callerKey}`;
  const headers = { authorization, 'x-wechat-appid': support.appId };
  expectErrcode(await callApi(stage.apiUrl, READ_PATH, { headers }), 0);
  const issues = simulator.log.count(STABLE_TOKEN_PATH) - before;
  if (issues !== 1) throw new Error(`WeChat was asked for a token ${issues} times`);
}

async function useIamDoor({ stage, people, support }: PeopledScene): Promise<void> {
  const url = `${stage.iamApiUrl}${READ_PATH}`;
  const answers = {
    app: await signedCall(url, support.appId, people.app),
    stranger: await signedCall(url, support.appId, people.stranger),
    operator: await signedCall(url, support.appId, people.operator),
    nobody: await callApi(stage.iamApiUrl, READ_PATH),
  };
  const { app, stranger, operator, nobody } = answers;
  if (app.status !== 200 || !('ip_list' in app.body)) throw new Error(`the app got ${JSON.stringify(app)}`);
  if (stranger.cause !== 'unknown-role') throw new Error(`the stranger got ${JSON.stringify(stranger)}`);
  if (operator.status !== 403) throw new Error(`a role that may not invoke got ${JSON.stringify(operator)}`);
  if (nobody.status !== 403) throw new Error(`without a signature came HTTP ${nobody.status}`);
}

async function useQuotas({ operator, support }: PeopledScene): Promise<void> {
  await operator(['quota', 'show', support.appId]);
  const { json } = await operator(['quota', 'clear', support.appId, '--endpoint', READ_PATH, '--yes']);
  if (json['outcome'] !== 'cleared') throw new Error(`the clear came to ${JSON.stringify(json)}`);
}

async function seeLogs({ stage, caller, support }: PeopledScene): Promise<void> {
  const lines = await (await functionLogs(stage.callFunctionName)).lines();
  const calls = lines.filter((line) => line['caller'] === caller.callerId && line['account'] === support.appId);
  if (calls.some((line) => line['healed'] === true)) return;
  throw new Error(`${calls.length} lines of ${lines.length}, none of the healed call`);
}

import type { SimulatedAccount } from '../wechat-simulator/simulator.ts';
import type { Operator } from './operator.ts';
import type { DeployedScene, PeopledScene } from './scene.ts';

/** What `caller add` came to; the key is shown this once. */
export interface EnteredCaller {
  readonly callerId: string;
  readonly callerKey: string;
}

/** Adds the accounts, with one app secret for WeChat to judge at once and one for the schedule to try, and a caller with a key and a role. */
export async function enterData(scene: DeployedScene): Promise<PeopledScene> {
  const { report, operator, shop, support, people } = scene;
  await report.step('account that waits for the schedule', async () => {
    await operator(['account', 'add', shop.appId, '--name', 'Shop']);
    await setSecret(operator, shop, false);
  });
  await report.step('account whose app secret WeChat accepts', async () => {
    await operator(['account', 'add', support.appId, '--name', 'Support']);
    await setSecret(operator, support, true);
  });
  const caller = await report.step('caller with a key and a role', async () => {
    const entered = await enterCaller(operator, [support.appId, shop.appId]);
    await operator(['caller', 'role', 'add', entered.callerId, people.app.roleId]);
    return entered;
  });
  return { ...scene, caller };
}

/** Sets an app secret, and with `verify` has WeChat judge it. @throws {Error} when `set-secret` says anything else than what is expected */
export async function setSecret(
  operator: Operator,
  { appId, appSecret }: Pick<SimulatedAccount, 'appId' | 'appSecret'>,
  verify: boolean,
): Promise<void> {
  const args = ['account', 'set-secret', appId, ...(verify ? [] : ['--no-verify'])];
  const { json } = await operator(args, { stdin: appSecret });
  if (json['verified'] !== (verify ? true : null)) throw new Error(`set-secret says ${JSON.stringify(json)}`);
}

async function enterCaller(operator: Operator, [first = '', ...others]: readonly string[]): Promise<EnteredCaller> {
  const allow = ['/cgi-bin/*', '/sns/*'];
  const { json } = await operator(['caller', 'add', 'Shop app', '--account', first, '--allow', ...allow]);
  const { callerId, callerKey } = json;
  if (typeof callerId !== 'string' || typeof callerKey !== 'string') throw new Error('caller add shows no key');
  for (const appId of others) await operator(['caller', 'grant', callerId, appId, ...allow]);
  return { callerId, callerKey };
}

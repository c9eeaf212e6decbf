import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedAccount } from './callers.ts';
import { type OperatedGateway, startOperatedGateway } from './operator-cli.ts';

const account = simulatedAccount();
const testAccount = { ...simulatedAccount(), testAccount: true };
const { appId } = account;
const USER = '/cgi-bin/user/info';

describe('operator, sharing quotas', () => {
  let gateway: OperatedGateway;
  beforeAll(async () => {
    gateway = await startOperatedGateway({ accounts: [account, testAccount] });
  });
  afterAll(() => gateway.close());

  const rules = async () => (await gateway.json(['account', 'show', appId]))['quotaRules'];
  const call = async () =>
    (await gateway.door.send({ path: USER, query: 'openid=o1', headers: { 'x-wechat-appid': appId } })).json();

  it('account quota set shares an endpoint, keeps what is not named, and unset ends it', async () => {
    const set = (...options: string[]) => gateway.json(['account', 'quota', 'set', appId, ...options]);
    expect(await set('/CGI-bin/User/Info/')).toEqual({ appId, rule: { endpoint: USER } });
    expect(await set(USER, '--reserve', '20')).toEqual({ appId, rule: { endpoint: USER, reservePercent: 20 } });
    expect(await set(USER, '--each', '30', '--calls', '1000')).toEqual({
      appId,
      rule: { endpoint: USER, calls: 1_000, reservePercent: 20, eachPercent: 30 },
    });
    await set('*', '--reserve', '10');
    expect(await rules()).toEqual([
      { endpoint: '*', reservePercent: 10 },
      { endpoint: USER, calls: 1_000, reservePercent: 20, eachPercent: 30 },
    ]);
    const { stdout } = await gateway.run(['account', 'show', appId]);
    expect(stdout).toContain(`shares        ${USER}: quota 1000 a day, reserve 20 %, each caller 30 %`);
    for (const endpoint of ['*', USER, USER]) await gateway.json(['account', 'quota', 'unset', appId, endpoint]);
    expect(await rules()).toEqual([]);
  });

  it.each([
    ['a reserve under 5 percent', [USER, '--reserve', '4']],
    ['a part over 100 percent', [USER, '--each', '101']],
    ['calls for all endpoints at once', ['*', '--calls', '10']],
    ['what is no path', ['user/info']],
    ['a path with a host', ['https://api.weixin.qq.com/cgi-bin/user/info']],
  ])('account quota set refuses %s as wrong usage', async (_what, options) => {
    const refused = await gateway.run(['account', 'quota', 'set', appId, ...options]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).not.toBe('');
  });

  it('account quota set asks for the quota where nobody has told it', async () => {
    const refused = await gateway.run(['account', 'quota', 'set', appId, '/cgi-bin/not/known']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('--calls') });
    const draft = await gateway.run(['account', 'quota', 'set', testAccount.appId, '/cgi-bin/draft/add']);
    expect(draft).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--calls') });
    expect(await rules()).toEqual([]);
  });

  it('caller share set gives one caller its share, shown with the caller, and unset takes it away', async () => {
    const { callerId } = gateway.rig;
    const shares = async (...words: string[]) => (await gateway.json(['caller', 'share', ...words]))['shares'];
    expect(await shares('set', callerId, appId, USER, '1')).toEqual([{ appId, endpoint: USER, calls: 1 }]);
    expect(await call()).toMatchObject({ openid: 'o1' });
    expect(await call()).toMatchObject({ errcode: 45009 });
    expect(await shares('set', callerId, appId, USER, '20000')).toEqual([{ appId, endpoint: USER, calls: 20_000 }]);
    expect((await gateway.run(['caller', 'show', callerId])).stdout).toContain(`${appId} ${USER}: 20000 a day`);
    expect(await shares('unset', callerId, appId, USER)).toEqual([]);
    expect(await shares('unset', callerId, appId, USER)).toEqual([]);
    for (const words of [
      ['set', callerId, appId, USER, '0'],
      ['set', callerId, appId, 'x', '1'],
    ]) {
      expect((await gateway.run(['caller', 'share', ...words])).exitCode).toBe(2);
    }
    const unknown = await gateway.run(['caller', 'share', 'set', callerId, 'wx0000000000000000', USER, '1']);
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no account') });
  });

  it('removing an account takes the shares of it away', async () => {
    const { callerId } = gateway.rig;
    await gateway.json(['caller', 'share', 'set', callerId, testAccount.appId, USER, '5']);
    await gateway.json(['account', 'remove', testAccount.appId, '--yes']);
    expect(await gateway.json(['caller', 'show', callerId])).toMatchObject({ shares: [] });
  });
});

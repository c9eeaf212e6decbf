import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APP_ID, APP_SECRET, type Bench, type Reply, startBench } from './wechat-simulator-client.ts';

const DAY = 86_400_000;

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.simulator.close());

const get = async (path: string, query?: string) => await bench.get(bench.withToken(path, query));
const post = async (path: string, body: object) => await bench.post(bench.withToken(path), body);
const errcodes = async (path: string, bodies: object[]) => {
  const codes: unknown[] = [];
  for (const body of bodies) codes.push((await post(path, body)).json.errcode);
  return codes;
};
const list = () => get('/cgi-bin/user/get');
const measured = (path: string) => post('/cgi-bin/openapi/quota/get', { cgi_path: path });
const clearList = () => post('/cgi-bin/openapi/quota/clear', { cgi_path: '/cgi-bin/user/get' });
const ridIn = (reply: Reply) => /rid: (\S+)$/.exec(String(reply.json.errmsg))?.[1] ?? '';
const find = (rid: string) => post('/cgi-bin/openapi/rid/get', { rid });

describe('quotas', () => {
  it('are per call and day, and turn over at midnight in UTC+8', async () => {
    for (let count = 0; count < 500; count += 1) await list();
    expect((await list()).json.errcode).toBe(45009);
    expect((await get('/cgi-bin/getcallbackip')).json.errcode).toBeUndefined();
    bench.pass(DAY / 2);
    expect((await list()).json.errcode).toBeUndefined();
  });

  it('are smaller for test accounts', async () => {
    await bench.simulator.close();
    bench = await startBench({ accounts: [{ appId: APP_ID, appSecret: APP_SECRET, testAccount: true }] });
    for (let count = 0; count < 100; count += 1) await list();
    expect((await list()).json.errcode).toBe(45009);
  });

  it('can be looked up', async () => {
    await list();
    await bench.classicToken();
    const users = await measured('/cgi-bin/user/get');
    expect(users.json).toMatchObject({ errcode: 0, quota: { daily_limit: 500, used: 1, remain: 499 } });
    expect((await measured('/cgi-bin/token')).json.quota).toEqual({ daily_limit: 2000, used: 1, remain: 1999 });
    expect((await measured('/cgi-bin/stable_token')).json.rate_limit).toEqual({
      call_count: 10_000,
      refresh_second: 60,
    });
    const codes = ['cgi-bin/user/get', '/nothing', '/sns/userinfo'];
    expect(
      await errcodes(
        '/cgi-bin/openapi/quota/get',
        codes.map((cgi_path) => ({ cgi_path })),
      ),
    ).toEqual([76003, 76021, 76021]);
  });

  it('can all be cleared ten times a month, by token or by app secret', async () => {
    const account = bench.simulator.account(APP_ID);
    for (let count = 0; count < 2_000; count += 1) account.issueElsewhere('classic');
    const byQuery = await bench.post(`/cgi-bin/clear_quota/v2?appid=${APP_ID}&appsecret=${APP_SECRET}`, '');
    expect(byQuery.json.errcode).toBe(0);
    expect((await bench.classicToken()).json.expires_in).toBe(7200);
    expect(account.issued('classic')).toBe(2_001);
    const byBody = await bench.post('/cgi-bin/clear_quota/v2', { appid: APP_ID, appsecret: APP_SECRET });
    expect(byBody.json.errcode).toBe(0);
    const clears = await errcodes(
      '/cgi-bin/clear_quota',
      Array.from({ length: 9 }, () => ({ appid: APP_ID })),
    );
    expect(clears).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 48006]);
    bench.pass(31 * DAY);
    expect((await post('/cgi-bin/clear_quota', { appid: APP_ID })).json.errcode).toBe(0);
  });

  it('are cleared only for the account of the token or the secret', async () => {
    expect(await errcodes('/cgi-bin/clear_quota', [{}, { appid: 'wx-other' }])).toEqual([41002, 40013]);
    expect((await bench.post(`/cgi-bin/clear_quota/v2?appid=${APP_ID}&appsecret=no`, '')).json.errcode).toBe(40125);
  });

  it('can be cleared one by one fifty times a month', async () => {
    await list();
    expect((await clearList()).json.errcode).toBe(0);
    expect((await measured('/cgi-bin/user/get')).json.quota).toMatchObject({ used: 0 });
    for (let count = 1; count < 50; count += 1) await clearList();
    expect((await clearList()).json.errcode).toBe(48006);
  });
});

describe('a rid', () => {
  it('of every refused answer can be looked up, and gives the access token away', async () => {
    const refused = await post('/cgi-bin/message/custom/send', { touser: 'bad' });
    const found = await find(ridIn(refused));
    expect(found.json).toMatchObject({
      errcode: 0,
      request: {
        invoke_time: 1795147200,
        request_url: expect.stringMatching(/^access_token=\d\d_/),
        request_body: '{"touser":"bad"}',
        response_body: refused.text,
        client_ip: '127.0.0.1',
      },
    });
  });

  it('of a refused token call and of a scripted error can be looked up too', async () => {
    const wrongSecret = await bench.stableToken({ secret: 'wrong' });
    expect((await find(ridIn(wrongSecret))).json.errcode).toBe(0);
    bench.simulator.faults.add({ kind: 'errcode', errcode: 40001 });
    expect((await find(ridIn(await get('/cgi-bin/getcallbackip')))).json.errcode).toBe(0);
  });

  it('is only for its own account, for seven days, and not for sns calls', async () => {
    const stranger = ridIn(await bench.get('/cgi-bin/token?appid=wx-other'));
    const old = ridIn(await get('/cgi-bin/menu/get'));
    const login = ridIn(await bench.get(`/sns/jscode2session?appid=${APP_ID}`));
    bench.pass(7 * DAY + 1);
    const codes: unknown[] = [];
    for (const rid of [stranger, old, login, 'nonsense']) codes.push((await find(rid)).json.errcode);
    expect(codes).toEqual([76003, 76004, 76001, 76002]);
  });
});

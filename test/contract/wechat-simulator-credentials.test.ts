import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APP_ID, APP_SECRET, type Bench, startBench } from './wechat-simulator-client.ts';

const RID = '[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}';
const BUSINESS = '/cgi-bin/get_api_domain_ip';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.simulator.close());

const account = () => bench.simulator.account(APP_ID);
const tokenOf = (reply: { json: Record<string, unknown> }) => String(reply.json.access_token);
const stableErrcode = async (body: object) => (await bench.post('/cgi-bin/stable_token', body)).json.errcode;
const classicErrmsg = async (query: string) => (await bench.get(`/cgi-bin/token?${query}`)).json.errmsg;

describe('credentials', () => {
  it('are checked app ID first, then the secret, then the grant type', async () => {
    expect(await stableErrcode({})).toBe(41002);
    expect(await stableErrcode({ appid: 'wx-nobody' })).toBe(40013);
    expect(await stableErrcode({ appid: APP_ID })).toBe(41004);
    expect(await stableErrcode({ appid: APP_ID, secret: 'wrong' })).toBe(40125);
    expect(await stableErrcode({ appid: APP_ID, secret: APP_SECRET })).toBe(40002);
  });

  it('are checked the same way by the classic endpoint', async () => {
    expect(await classicErrmsg('')).toMatch(/^appid missing rid: /);
    expect(await classicErrmsg('appid=wx-nobody')).toMatch(/^invalid appid rid: /);
    expect(await classicErrmsg(`appid=${APP_ID}&secret=wrong`)).toMatch(/^invalid appsecret rid: /);
    expect(await classicErrmsg(`appid=${APP_ID}&secret=${APP_SECRET}&grant_type=other`)).toMatch(
      /^invalid grant_type rid: /,
    );
  });

  it('change at once when the secret is reset, and live tokens live on', async () => {
    const token = tokenOf(await bench.stableToken());
    account().setSecret('another');
    expect((await bench.stableToken()).json.errcode).toBe(40125);
    expect(account().accepts(token)).toBe(true);
  });

  it('get 40243 while the secret is frozen', async () => {
    account().freezeSecret();
    expect((await bench.stableToken()).json.errcode).toBe(40243);
    account().unfreezeSecret();
    expect((await bench.stableToken()).json.errcode).toBeUndefined();
  });

  it('get 89503, in Chinese, until an administrator confirms', async () => {
    account().requireConfirmation(true);
    const reply = await bench.classicToken();
    expect(reply.json.errcode).toBe(89503);
    expect(reply.text).toContain('此次调用需要管理员确认');
    account().requireConfirmation(false);
    expect((await bench.classicToken()).json.errcode).toBeUndefined();
  });
});

describe('the IP allow-list', () => {
  it('refuses with 40164 and names the address', async () => {
    account().setAllowedIps(['203.0.113.7', '198.51.100.0/24']);
    const reply = await bench.stableToken();
    expect(reply.json.errcode).toBe(40164);
    expect(reply.json.errmsg).toMatch(
      new RegExp(`^invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: ${RID}$`),
    );
  });

  it('takes single addresses and CIDR ranges, and nothing else', async () => {
    account().setAllowedIps(['127.0.0.1']);
    expect((await bench.stableToken()).json.errcode).toBeUndefined();
    account().setAllowedIps(['127.0.0.0/8']);
    expect((await bench.stableToken()).json.errcode).toBeUndefined();
    expect(() => account().setAllowedIps(['127.0.0.*'])).toThrow('not an IP address or CIDR range: 127.0.0.*');
  });

  it('covers every call of an official account', async () => {
    const path = bench.withToken(BUSINESS);
    account().setAllowedIps(['203.0.113.7']);
    expect((await bench.get(path)).json.errcode).toBe(40164);
    account().setAllowedIps(undefined);
    expect((await bench.get(path)).json.errcode).toBeUndefined();
  });

  it('covers only the calls with the secret of a mini-program', async () => {
    await bench.simulator.close();
    bench = await startBench({
      accounts: [{ appId: APP_ID, appSecret: APP_SECRET, kind: 'mini-program', allowedIps: [] }],
    });
    expect((await bench.stableToken()).json.errcode).toBe(40164);
    expect((await bench.get(bench.withToken(BUSINESS))).json.errcode).toBeUndefined();
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APP_ID, APP_SECRET, type Bench, startBench } from './wechat-simulator-client.ts';

const HOUR = 3_600_000;
const RID = '[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}';
const CREDENTIALS = `appid=${APP_ID}&secret=${APP_SECRET}&grant_type=authorization_code`;

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.simulator.close());

const sns = (path: string, query: string) => bench.get(`/sns/${path}?${query}`);
const refreshErrcode = async (query: string) => (await sns('oauth2/refresh_token', query)).json.errcode;
const grant = async (code: string) => {
  const { json } = await sns('oauth2/access_token', `${CREDENTIALS}&code=${code}`);
  return {
    accessToken: String(json.access_token),
    refreshToken: String(json.refresh_token),
    openId: String(json.openid),
  };
};

describe('a mini-program login', () => {
  it('gives a session under text/plain', async () => {
    const reply = await sns('jscode2session', `${CREDENTIALS}&js_code=one`);
    expect([reply.status, reply.contentType]).toEqual([200, 'text/plain']);
    expect(reply.json).toEqual({
      session_key: expect.stringMatching(/^[\w+/]{22}==$/),
      openid: expect.stringMatching(/^o[\w-]{27}$/),
      unionid: expect.any(String),
    });
  });

  it('spends its code: 40163 the second time, 40029 for a bad one', async () => {
    await sns('jscode2session', `${CREDENTIALS}&js_code=one`);
    const again = await sns('jscode2session', `${CREDENTIALS}&js_code=one`);
    expect(again.json.errcode).toBe(40163);
    expect(again.json.errmsg).toMatch(new RegExp(`^code been used, rid: ${RID}$`));
    expect((await sns('jscode2session', `${CREDENTIALS}&js_code=bad-code`)).json.errcode).toBe(40029);
    expect((await sns('jscode2session', CREDENTIALS)).json.errcode).toBe(41008);
  });

  it('does not spend its code when the secret is wrong', async () => {
    const wrong = CREDENTIALS.replace(APP_SECRET, 'wrong');
    expect((await sns('jscode2session', `${wrong}&js_code=one`)).json.errcode).toBe(40125);
    expect((await sns('jscode2session', `${CREDENTIALS}&js_code=one`)).json.errcode).toBeUndefined();
  });

  it('spells the rid its own way', async () => {
    const reply = await sns('jscode2session', 'appid=wx-nobody');
    expect(reply.json.errmsg).toMatch(new RegExp(`^invalid appid, rid: ${RID}$`));
  });
});

describe('a web login', () => {
  it('gives the user tokens of their own', async () => {
    const reply = await sns('oauth2/access_token', `${CREDENTIALS}&code=one`);
    expect(reply.contentType).toBe('text/plain');
    expect(reply.json).toMatchObject({ expires_in: 7200, scope: 'snsapi_userinfo' });
    expect((await sns('oauth2/access_token', `${CREDENTIALS}&code=one`)).json.errcode).toBe(40163);
  });

  it('lets its token read the user, and nobody else', async () => {
    const { accessToken, openId } = await grant('one');
    const info = await sns('userinfo', `access_token=${accessToken}&openid=${openId}&lang=zh_CN`);
    expect(info.json).toMatchObject({ openid: openId, nickname: '微信用户·张三' });
    expect((await sns('auth', `access_token=${accessToken}&openid=${openId}`)).text).toBe(
      '{"errcode":0,"errmsg":"ok"}',
    );
    expect((await sns('auth', `access_token=${accessToken}&openid=other`)).json.errcode).toBe(40003);
    expect((await bench.get(`/cgi-bin/getcallbackip?access_token=${accessToken}`)).json.errcode).toBe(40001);
  });

  it('does not take the token of the account for that of a user', async () => {
    const token = bench.simulator.account(APP_ID).issueElsewhere('stable');
    const reply = await sns('userinfo', `access_token=${token}&openid=o`);
    expect(reply.json.errcode).toBe(40001);
    expect(reply.json.errmsg).toMatch(
      new RegExp(`^invalid credential, access_token is invalid or not latest, rid: ${RID}$`),
    );
  });

  it('prolongs a live user token and replaces an expired one', async () => {
    const { accessToken, refreshToken, openId } = await grant('one');
    const refresh = () =>
      sns('oauth2/refresh_token', `appid=${APP_ID}&grant_type=refresh_token&refresh_token=${refreshToken}`);
    bench.pass(HOUR);
    expect((await refresh()).json.access_token).toBe(accessToken);
    bench.pass(2 * HOUR - 1);
    expect((await sns('auth', `access_token=${accessToken}&openid=${openId}`)).json.errcode).toBe(0);
    bench.pass(1);
    expect((await sns('auth', `access_token=${accessToken}&openid=${openId}`)).json.errcode).toBe(42001);
    expect((await refresh()).json.access_token).not.toBe(accessToken);
    bench.pass(30 * 24 * HOUR);
    expect((await refresh()).json.errcode).toBe(42002);
  });

  it('refreshes only what it gave', async () => {
    expect(await refreshErrcode('')).toBe(41002);
    expect(await refreshErrcode('appid=wx-nobody')).toBe(40013);
    expect(await refreshErrcode(`appid=${APP_ID}`)).toBe(40002);
    expect(await refreshErrcode(`appid=${APP_ID}&grant_type=refresh_token`)).toBe(41003);
    expect(await refreshErrcode(`appid=${APP_ID}&grant_type=refresh_token&refresh_token=x`)).toBe(40030);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Grant } from '#shared/caller/caller.ts';
import { createCallerKey, parseCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { openUserToken, sealUserToken } from '#shared/caller/user-token.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { markCallerKey, type Rig, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';

const WEB_LOGIN = '/sns/oauth2/access_token';
const REFRESH = '/sns/oauth2/refresh_token';
const account = simulatedAccount();
const other = simulatedAccount();
const { appId } = account;
const NO_CREDENTIAL = { authorization: '' };

let rig: Rig;
let gateway: GatewayOnSockets;

beforeEach(async () => {
  rig = await startRig({ accounts: [account, other] });
  gateway = await startGatewayOnSockets(rig);
});

afterEach(async () => {
  await gateway.close();
  await rig.close();
});

const get = (path: string, query: Readonly<Record<string, string>>, headers = NO_CREDENTIAL) =>
  gateway.send({ path, query: new URLSearchParams(query).toString(), headers });

/** A caller of its own with what a test needs to know of it. */
async function newCaller(grants: readonly Grant[] = [{ appId, allow: ['/sns/*'] }]) {
  const { authorization } = await addCaller(rig, { grants });
  const key = authorization.slice('Bearer '.length);
  const id = parseCallerKey(key)?.callerId ?? '';
  const stored = async () => {
    const caller = await rig.callers.get(id);
    if (caller === undefined) throw new Error('the caller is gone');
    return caller;
  };
  return { id, key, authorization, stored };
}

type NewCaller = Awaited<ReturnType<typeof newCaller>>;

/** What a caller has after a user's login; the raw tokens are watched for from here on. */
async function webLogin(caller: NewCaller, code = 'login-code') {
  const answer = await get(WEB_LOGIN, { appid: appId, secret: caller.key, code, grant_type: 'authorization_code' });
  return tokensIn(answer.json(), caller);
}

async function tokensIn(answer: Record<string, unknown>, caller: NewCaller) {
  const { access_token: accessToken, refresh_token: refreshToken, openid } = answer;
  const { sealingKey } = await caller.stored();
  const raw = [accessToken, refreshToken].map((token) => openUserToken(String(token), sealingKey) ?? '');
  for (const token of raw) {
    expect(token).toMatch(/^73_/);
    rig.canary.mark('access token', token);
  }
  return { answer, accessToken: String(accessToken), refreshToken: String(refreshToken), openid: String(openid), raw };
}

const userinfo = ({ accessToken, openid }: { accessToken: string; openid: string }, headers = NO_CREDENTIAL) =>
  get('/sns/userinfo', { access_token: accessToken, openid, lang: 'zh_CN' }, headers);
const refresh = (refreshToken: string, headers = NO_CREDENTIAL) =>
  get(REFRESH, { appid: appId, grant_type: 'refresh_token', refresh_token: refreshToken }, headers);

describe("a user's web login", () => {
  it('gives sealed tokens and otherwise what WeChat gives', async () => {
    const { answer, raw } = await webLogin(await newCaller());
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^wxgu_a[A-Za-z0-9_-]+$/),
      expires_in: 7200,
      refresh_token: expect.stringMatching(/^wxgu_r[A-Za-z0-9_-]+$/),
      openid: expect.stringMatching(/^o/),
      scope: 'snsapi_userinfo',
    });
    expect(JSON.stringify(answer)).not.toContain(raw[0]);
  });

  it('changes no other byte of the answer', async () => {
    const caller = await newCaller();
    const text =
      '{ "access_token":"RAW-A",\t"unionid":12345678901234567890, "refresh_token" : "RAW-R","n":"\u7528\\/" }\n';
    rig.simulator.faults.add({ kind: 'body', path: WEB_LOGIN, body: text, contentType: 'text/plain' });
    const answer = await get(WEB_LOGIN, { appid: appId, secret: caller.key, code: 'login-code' });
    const { sealingKey } = await caller.stored();
    expect(answer.text.replace(/wxgu_[\w-]+/g, (sealed) => openUserToken(sealed, sealingKey) ?? '')).toBe(text);
    expect(answer.text).not.toContain('RAW');
  });

  it('with a code that was used hears 40163 from WeChat', async () => {
    const caller = await newCaller();
    await webLogin(caller);
    const again = await get(WEB_LOGIN, {
      appid: appId,
      secret: caller.key,
      code: 'login-code',
      grant_type: 'authorization_code',
    });
    expect(again.json()).toMatchObject({ errcode: 40163 });
  });
});

describe('a sealed user token', () => {
  it('is sent again where WeChat was too busy for a call that just reads, and nowhere else', async () => {
    const caller = await newCaller();
    const login = await webLogin(caller);
    rig.simulator.faults.add({ kind: 'errcode', errcode: -1, path: '/sns/userinfo' });
    expect((await userinfo(login)).json()).toMatchObject({ openid: login.openid });
    expect(rig.simulator.log.count('/sns/userinfo')).toBe(2);
    rig.simulator.faults.add({ kind: 'errcode', errcode: -1, path: REFRESH });
    expect((await refresh(login.refreshToken)).json()).toMatchObject({ errcode: -1 });
    expect(rig.simulator.log.count(REFRESH)).toBe(1);
  });

  it('is all that userinfo, auth and refresh_token need, and what refresh_token gives works as well', async () => {
    const caller = await newCaller();
    const login = await webLogin(caller);
    expect((await userinfo(login)).json()).toMatchObject({ openid: login.openid, nickname: '微信用户·张三' });
    const auth = await get('/sns/auth', { access_token: login.accessToken, openid: login.openid });
    expect(auth.json()).toEqual({ errcode: 0, errmsg: 'ok' });
    const renewed = await tokensIn((await refresh(login.refreshToken)).json(), caller);
    expect(renewed.raw).toEqual(login.raw);
    expect((await userinfo(renewed)).json()).toMatchObject({ openid: login.openid });
    expect(await tokensIn((await refresh(renewed.refreshToken)).json(), caller)).toMatchObject({
      openid: login.openid,
    });
  });

  it('goes to WeChat opened, with the parameters of the call and no others', async () => {
    const login = await webLogin(await newCaller());
    const extra = { secret: 'a', Access_Token: 'b', refresh_token: 'c', appid: appId, more: 'd' };
    await get('/sns/userinfo', { ...extra, access_token: login.accessToken, openid: login.openid });
    const sent = rig.simulator.log.entries.at(-1);
    expect(Object.fromEntries(sent?.query ?? [])).toEqual({ access_token: login.raw[0], openid: login.openid });
  });

  it('lives on when the keys of its caller are rotated, revoked even', async () => {
    const caller = await newCaller();
    const login = await webLogin(caller);
    const key = createCallerKey(caller.id);
    markCallerKey(rig.canary, key);
    await rig.callers.put({ ...(await caller.stored()), keys: [recordOf(key, 1)] });
    const restarted = await startGatewayOnSockets(rig);
    const query = `access_token=${login.accessToken}&openid=${login.openid}`;
    const answer = await restarted.send({ path: '/sns/userinfo', query, headers: NO_CREDENTIAL });
    expect(answer.json()).toMatchObject({ openid: login.openid });
    await restarted.close();
  });

  it('may come with a caller key of its own caller and with no other', async () => {
    const [a, b] = [await newCaller(), await newCaller()];
    const login = await webLogin(a);
    expect((await userinfo(login, { authorization: a.authorization })).json()).toMatchObject({ openid: login.openid });
    const sentBefore = rig.simulator.log.count();
    const asB = { authorization: b.authorization };
    expect(wechatErrorIn(await userinfo(login, asB))).toEqual([40001, 'invalid-user-token']);
    expect(wechatErrorIn(await refresh(login.refreshToken, asB))).toEqual([42002, 'invalid-refresh-token']);
    expect(rig.simulator.log.count()).toBe(sentBefore);
  });

  it('of caller A is refused in the name of caller B, and for another account', async () => {
    const [a, b] = [await newCaller(), await newCaller()];
    const login = await webLogin(a);
    const sentBefore = rig.simulator.log.count();
    for (const [from, to] of [
      [a.id, b.id],
      [appId, other.appId],
    ] as const) {
      const forged = { ...login, accessToken: login.accessToken.replace(from, to) };
      expect(wechatErrorIn(await userinfo(forged))).toEqual([40001, 'invalid-user-token']);
      const refused = wechatErrorIn(await refresh(login.refreshToken.replace(from, to)));
      expect(refused).toEqual([42002, 'invalid-refresh-token']);
    }
    expect(rig.simulator.log.count()).toBe(sentBefore);
  });

  it('is good for its own kind of call only', async () => {
    const { accessToken, refreshToken, openid } = await webLogin(await newCaller());
    const swapped = await userinfo({ accessToken: refreshToken, openid });
    expect(wechatErrorIn(swapped)).toEqual([40001, 'invalid-user-token']);
    expect(wechatErrorIn(await refresh(accessToken))).toEqual([42002, 'invalid-refresh-token']);
  });

  it('does not refresh for another app ID', async () => {
    const { refreshToken } = await webLogin(await newCaller());
    const query = { appid: other.appId, grant_type: 'refresh_token', refresh_token: refreshToken };
    expect(wechatErrorIn(await get(REFRESH, query))).toEqual([40013, 'unknown-account']);
  });

  it('is worth what its caller is granted, now', async () => {
    const caller = await newCaller([{ appId, allow: [WEB_LOGIN] }]);
    const login = await webLogin(caller);
    expect(wechatErrorIn(await userinfo(login))).toEqual([48001, 'not-granted']);
    await rig.callers.put({ ...(await caller.stored()), grants: [{ appId: other.appId, allow: ['/*'] }] });
    const restarted = await startGatewayOnSockets(rig);
    const query = `access_token=${login.accessToken}&openid=${login.openid}`;
    const answer = await restarted.send({ path: '/sns/userinfo', query, headers: NO_CREDENTIAL });
    expect(wechatErrorIn(answer)).toEqual([40013, 'unknown-account']);
    await restarted.close();
  });

  it('of a disabled caller is refused', async () => {
    const caller = await newCaller();
    const stored = await caller.stored();
    const parts = { kind: 'access', callerId: caller.id, appId } as const;
    await rig.callers.put({ ...stored, disabled: true });
    const accessToken = sealUserToken('73_raw', parts, stored.sealingKey);
    expect(wechatErrorIn(await userinfo({ accessToken, openid: 'o' }))).toEqual([40001, 'caller-disabled']);
  });

  it('of a caller that does not exist is refused like any made-up one', async () => {
    const accessToken = sealUserToken('73_raw', { kind: 'access', callerId: 'nobody00', appId }, '0'.repeat(64));
    expect(wechatErrorIn(await userinfo({ accessToken, openid: 'o' }))).toEqual([40001, 'invalid-user-token']);
  });
});

describe('a user token that is not sealed', () => {
  const RAW = `73_${'r'.repeat(86)}`;

  it('from before the move makes the user log in again, and does not reach WeChat', async () => {
    expect(wechatErrorIn(await userinfo({ accessToken: RAW, openid: 'o' }))).toEqual([40001, 'invalid-user-token']);
    const auth = await get('/sns/auth', { access_token: RAW, openid: 'o' });
    expect(wechatErrorIn(auth)).toEqual([40001, 'invalid-user-token']);
    expect(wechatErrorIn(await refresh(RAW))).toEqual([42002, 'invalid-refresh-token']);
    expect(rig.simulator.log.count()).toBe(0);
  });

  it('is missed when there is none', async () => {
    expect(wechatErrorIn(await get('/sns/userinfo', { openid: 'o' }))).toEqual([41001, 'no-user-token']);
    expect(wechatErrorIn(await get(REFRESH, { appid: appId }))).toEqual([42002, 'invalid-refresh-token']);
  });
});

describe("WeChat's word on a user token", () => {
  it.each([40001, 42001, 40014])('%i passes through and does nothing to the token of the account', async (errcode) => {
    const login = await webLogin(await newCaller());
    rig.simulator.faults.add({ kind: 'errcode', path: '/sns/userinfo', errcode });
    const sentBefore = rig.simulator.log.count();
    const answer = await userinfo(login);
    expect(answer.json()).toMatchObject({ errcode });
    expect(answer.headers).not.toHaveProperty('x-gateway-error');
    expect(rig.simulator.log.count()).toBe(sentBefore + 1);
    expect(rig.refreshInvocations()).toBe(0);
  });

  it('is not asked for twice when the connection breaks', async () => {
    const login = await webLogin(await newCaller());
    rig.simulator.faults.add({ kind: 'reset', path: '/sns/userinfo', when: 'after' });
    expect(wechatErrorIn(await userinfo(login))).toEqual([990504, 'upstream-broke']);
    expect(rig.simulator.log.count('/sns/userinfo')).toBe(1);
  });
});

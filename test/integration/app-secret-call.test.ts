import { DeleteSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RefusalCause } from '#shared/api-call/refusal.ts';
import { createCallerId, createCallerKey, parseCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';

const LOGIN = '/sns/jscode2session';
const WEB_LOGIN = '/sns/oauth2/access_token';
const account = simulatedAccount();
const other = simulatedAccount();
const { appId } = account;

let rig: Rig;
let gateway: GatewayOnSockets;

async function start(origins?: (simulator: string) => readonly string[]): Promise<void> {
  rig = await startRig({ accounts: [account, other], ...(origins && { origins }) });
  gateway = await startGatewayOnSockets(rig);
}

afterEach(async () => {
  // What WeChat and users trust us with is in no log, whatever became of the call.
  const line = rig.lines.find((one) => /login-code|session_key/.test(one));
  if (line !== undefined) throw new Error(`a login code or session key is in a log line: ${line}`);
  await gateway.close();
  await rig.close();
});

/** A mini-program's login as an SDK makes it, with no credential but the caller key in place of the secret. */
const login = (fields: Readonly<Record<string, string>> = {}, path = LOGIN) => {
  const grant = { grant_type: 'authorization_code' };
  const code = path === LOGIN ? { js_code: 'login-code' } : { code: 'login-code' };
  const query = new URLSearchParams({ appid: appId, secret: rig.callerKey, ...code, ...grant, ...fields });
  return gateway.send({ path, query: query.toString(), headers: { authorization: '' } });
};

const keyOf = ({ authorization }: { readonly authorization: string }) => authorization.slice('Bearer '.length);
const sentToWechat = () => rig.simulator.log.entries.map(({ url }) => url);

describe('a login with the caller key in place of the app secret', () => {
  beforeEach(() => start());

  it("gets WeChat's own answer, and WeChat gets the app secret", async () => {
    const answer = await login();
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.json()).toMatchObject({ session_key: expect.any(String), openid: expect.any(String) });
    const [{ method, query } = { method: '', query: new URLSearchParams() }, ...more] = rig.simulator.log.entries;
    expect({ method, more }).toEqual({ method: 'GET', more: [] });
    expect(Object.fromEntries(query)).toEqual({
      appid: appId,
      secret: account.appSecret,
      js_code: 'login-code',
      grant_type: 'authorization_code',
    });
  });

  it("passes every byte of WeChat's answer on", async () => {
    const body = '{ "openid":"o1",\t"unionid":12345678901234567890, "session_key" : "\u7528\\/==" }';
    rig.simulator.faults.add({ kind: 'body', path: LOGIN, body, contentType: 'text/plain' });
    expect((await login()).text).toBe(body);
  });

  it.each([
    ['a code that was used', { js_code: 'login-code' }, 40163],
    ['a bad code', { js_code: 'bad-login-code' }, 40029],
    ['no code', { js_code: '' }, 41008],
    ['another grant type', { js_code: 'new-login-code', grant_type: 'client_credential' }, 40002],
  ])("hears WeChat's own word on %s", async (_, fields, errcode) => {
    await login();
    const answer = await login(fields);
    expect(answer.json()).toMatchObject({ errcode, errmsg: expect.stringContaining(', rid: ') });
    expect(answer.headers).not.toHaveProperty('x-gateway-error');
  });

  it('sends nothing but the parameters of the call', async () => {
    await login({ access_token: 'a', component_access_token: 'b', extra: 'c', appsecret: 'd', Secret: 'e' });
    const [sent = ''] = sentToWechat();
    expect([...new URLSearchParams(sent.split('?')[1]).keys()]).toEqual(['appid', 'secret', 'js_code', 'grant_type']);
  });

  it.each<[string, () => string | Promise<string>]>([
    ['a made-up key', () => createCallerKey(createCallerId())],
    ['a made-up key of a real caller', () => createCallerKey(rig.callerId)],
    ['the app secret itself', () => account.appSecret],
    ['a retired key', async () => keyOf(await addCaller(rig, { grants: [{ appId, allow: ['/*'] }], retiredAt: 1 }))],
    [
      'a disabled caller',
      async () => keyOf(await addCaller(rig, { grants: [{ appId, allow: ['/*'] }], disabled: true })),
    ],
  ])('is refused as with a wrong app secret for %s', async (_, secret) => {
    expect(wechatErrorIn(await login({ secret: await secret() }))).toEqual([40125, 'app-secret-call-bad-key']);
    expect(sentToWechat()).toEqual([]);
  });

  it.each<[string, Record<string, string>, number, RefusalCause]>([
    ['without an app ID', { appid: '' }, 41002, 'app-secret-call-no-appid'],
    ['without a secret', { secret: '' }, 41004, 'app-secret-call-no-secret'],
    ['for an account that nobody knows', { appid: 'wxnobody' }, 40013, 'unknown-account'],
  ])('%s is refused', async (_, fields, errcode, cause) => {
    expect(wechatErrorIn(await login(fields))).toEqual([errcode, cause]);
    expect(sentToWechat()).toEqual([]);
  });

  it('is refused for an account that its caller has no grant for', async () => {
    const secret = keyOf(await addCaller(rig, { grants: [{ appId: other.appId, allow: ['/*'] }] }));
    expect(wechatErrorIn(await login({ secret }))).toEqual([40013, 'unknown-account']);
  });

  it.each([
    [['/cgi-bin/*'], false],
    [['/sns/jscode2session'], true],
    [['/sns/*'], true],
  ])('with %s granted: %s', async (allow, granted) => {
    const secret = keyOf(await addCaller(rig, { grants: [{ appId, allow }] }));
    const { openid, errcode } = (await login({ secret })).json();
    expect({ loggedIn: openid !== undefined, errcode }).toEqual({
      loggedIn: granted,
      errcode: granted ? undefined : 48001,
    });
    expect(sentToWechat()).toHaveLength(granted ? 1 : 0);
  });

  it('counts against the limits of its caller', async () => {
    const key = createCallerKey(createCallerId());
    const id = parseCallerKey(key)?.callerId ?? '';
    const present = await rig.callers.get(rig.callerId);
    if (present === undefined) throw new Error('the rig has lost its caller');
    await rig.callers.put({ ...present, id, keys: [recordOf(key, 1)], limits: { perDay: 1 } });
    expect((await login({ secret: key })).json()).toMatchObject({ openid: expect.any(String) });
    expect(wechatErrorIn(await login({ secret: key }))).toEqual([45009, 'day-limit']);
  });

  it('with POST is refused', async () => {
    const query = `appid=${appId}&secret=${rig.callerKey}&js_code=login-code`;
    const answer = await gateway.send({ method: 'POST', path: LOGIN, query, body: '{}' });
    expect(wechatErrorIn(answer)).toEqual([43002, 'method-not-allowed']);
  });

  it.each(['/sns/component/jscode2session', '/sns/oauth2/component/access_token', '/sns/other'])(
    'does not open %s, which is never forwarded',
    async (path) => {
      const answer = await gateway.send({ path, headers: { 'x-wechat-appid': appId } });
      expect(wechatErrorIn(answer)).toEqual([48001, 'never-forwarded']);
    },
  );
});

describe('an app secret that WeChat refuses', () => {
  beforeEach(() => start());

  it.each([LOGIN, WEB_LOGIN])('ends %s as a fault of the operator, after one call', async (path) => {
    rig.simulator.account(appId).setSecret('f'.repeat(32));
    expect(wechatErrorIn(await login({}, path))).toEqual([990401, 'app-secret-refused']);
    expect(sentToWechat()).toHaveLength(1);
  });

  it('is meant by 40001 as well: such a call has no access token', async () => {
    rig.simulator.faults.add({ kind: 'errcode', path: LOGIN, errcode: 40001 });
    expect(wechatErrorIn(await login())).toEqual([990401, 'app-secret-refused']);
    expect(rig.refreshInvocations()).toBe(0);
  });

  it('is read again, and the same code works with the new one', async () => {
    await login({ js_code: 'first-login-code' });
    const appSecret = 'e'.repeat(32);
    rig.canary.mark('app secret', appSecret);
    rig.simulator.account(appId).setSecret(appSecret);
    await rig.secretsManager.send(
      new PutSecretValueCommand({
        SecretId: `${rig.secretPrefix}${appId}`,
        SecretString: JSON.stringify({ appSecret }),
      }),
    );
    expect((await login()).json()).toMatchObject({ openid: expect.any(String) });
    expect(rig.simulator.log.entries.map(({ answeredErrcode }) => answeredErrcode)).toEqual([
      undefined,
      40125,
      undefined,
    ]);
  });

  it('that is frozen is WeChat’s to tell', async () => {
    rig.simulator.account(appId).freezeSecret();
    expect((await login()).json()).toMatchObject({ errcode: 40243 });
  });

  it('cannot even be tried when there is none: nothing was sent, the call may be repeated', async () => {
    const SecretId = `${rig.secretPrefix}${appId}`;
    await rig.secretsManager.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    expect(wechatErrorIn(await login())).toEqual([-1, 'no-app-secret']);
    await rig.secrets.close();
    expect(wechatErrorIn(await login())).toEqual([-1, 'no-app-secret']);
    expect(sentToWechat()).toEqual([]);
  });
});

const NOBODY = 'http://127.0.0.1:9';
/** The same server under another name. */
const localhost = (origin: string) => origin.replace('127.0.0.1', 'localhost');

describe('a login that fails on its way', () => {
  it('goes to the second host when the first cannot be reached', async () => {
    await start((origin) => [NOBODY, origin]);
    expect((await login()).json()).toMatchObject({ openid: expect.any(String) });
    expect(sentToWechat()).toHaveLength(1);
  });

  it('may be repeated when no host can be reached', async () => {
    await start(() => [NOBODY]);
    expect(wechatErrorIn(await login())).toEqual([-1, 'upstream-unreachable']);
  });

  it.each(['before', 'after'] as const)(
    'may not be repeated when the connection breaks %s WeChat did the work, and goes to no second host',
    async (when) => {
      await start((origin) => [origin, localhost(origin)]);
      rig.simulator.faults.add({ kind: 'reset', path: LOGIN, when });
      expect(wechatErrorIn(await login())).toEqual([990504, 'upstream-broke']);
      expect(sentToWechat()).toHaveLength(1);
    },
  );

  it('may not be repeated when a web login is answered with what is no JSON, where a token could hide', async () => {
    await start();
    rig.simulator.faults.add({ kind: 'html', path: WEB_LOGIN });
    expect(wechatErrorIn(await login({}, WEB_LOGIN))).toEqual([990504, 'upstream-broke']);
  });
});

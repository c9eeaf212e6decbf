import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RefusalCause } from '#shared/api-call/refusal.ts';
import { createCallerId, createCallerKey } from '#shared/caller/caller-key.ts';
import { tokenKey } from '#shared/table/keys.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, type RigCall, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';

const USER = '/cgi-bin/user/info';
const EVERYTHING = ['/*', 'token:read', 'rid:read'];
const first = simulatedAccount();
const second = simulatedAccount();
const disabled = simulatedAccount();
const named = { 'x-wechat-appid': first.appId };

/** Everything here is refused before WeChat hears of it. */
describe('a call that the gateway refuses by itself', () => {
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let sentBefore = 0;

  beforeAll(async () => {
    rig = await startRig({ accounts: [first, second, disabled] });
    await rig.refreshEnvironment().invoke({});
    await setDisabled(rig, disabled.appId);
    gateway = await startGatewayOnSockets(rig);
  });
  beforeEach(() => {
    sentBefore = rig.simulator.log.count();
  });
  afterAll(async () => {
    await gateway.close();
    await rig.close();
  });

  /** How the gateway refuses, and that WeChat has heard nothing. */
  const refusalOf = async (call: RigCall) => {
    const refusal = wechatErrorIn(await gateway.send(call));
    expect(rig.simulator.log.count()).toBe(sentBefore);
    return refusal;
  };

  it.each<[string, string, number, RefusalCause]>([
    ['without a credential', '', 41001, 'no-credential'],
    ['with another scheme', 'Basic d3g6d3g=', 40001, 'malformed-credential'],
    ['with what is no caller key', 'Bearer wxg_not-a-key', 40001, 'malformed-credential'],
    ['with two keys at once', 'Bearer a, Bearer b', 40001, 'malformed-credential'],
    ['with a made-up key', `Bearer ${createCallerKey(createCallerId())}`, 40001, 'unknown-key'],
  ])('%s is refused', async (_, authorization, errcode, cause) => {
    expect(await refusalOf({ path: USER, headers: { ...named, authorization } })).toEqual([errcode, cause]);
  });

  it('with a made-up key of a real caller is refused like any made-up key', async () => {
    const headers = { ...named, authorization: `Bearer ${createCallerKey(rig.callerId)}` };
    expect(await refusalOf({ path: USER, headers })).toEqual([40001, 'unknown-key']);
  });

  it('with a retired key is refused', async () => {
    const grants = [{ appId: first.appId, allow: EVERYTHING }];
    const headers = await addCaller(rig, { grants, retiredAt: 1 });
    expect(await refusalOf({ path: USER, headers })).toEqual([40001, 'retired-key']);
  });

  it('of a disabled caller is refused', async () => {
    const grants = [{ appId: first.appId, allow: EVERYTHING }];
    const headers = await addCaller(rig, { grants, disabled: true });
    expect(await refusalOf({ path: USER, headers })).toEqual([40001, 'caller-disabled']);
  });

  it('of a caller with several accounts has to name one', async () => {
    expect(await refusalOf({ path: USER })).toEqual([41002, 'account-not-named']);
  });

  it.each([
    ['that nobody knows', 'wx0000000000000000'],
    ['that is disabled', disabled.appId],
    ['that is two at once', `${first.appId},${second.appId}`],
    ['that is no app ID', '../TOKEN#'],
  ])('for an account %s is refused', async (_, appId) => {
    expect(await refusalOf({ path: USER, headers: { 'x-wechat-appid': appId } })).toEqual([40013, 'unknown-account']);
  });

  it('for an account that was granted but never added is refused', async () => {
    const headers = await addCaller(rig, { grants: [{ appId: 'wxneveradded', allow: EVERYTHING }] });
    expect(await refusalOf({ path: USER, headers })).toEqual([40013, 'unknown-account']);
  });

  it('for an account that its caller has no grant for is refused although the account exists', async () => {
    const grants = [{ appId: first.appId, allow: EVERYTHING }];
    const headers = { ...(await addCaller(rig, { grants })), 'x-wechat-appid': second.appId };
    expect(await refusalOf({ path: USER, headers })).toEqual([40013, 'unknown-account']);
  });

  it('of a caller without any grant is refused', async () => {
    const headers = await addCaller(rig, { grants: [] });
    expect(await refusalOf({ path: USER, headers })).toEqual([48001, 'not-granted']);
  });

  it.each(['/cgi-bin/user/get', '/wxa/getwxacodeunlimit', '/cgi-bin/menu/create'])(
    'to %s without a grant for that path is refused',
    async (path) => {
      const grants = [{ appId: first.appId, allow: ['/cgi-bin/user/info', '/cgi-bin/menu/get*'] }];
      const headers = await addCaller(rig, { grants });
      expect(await refusalOf({ path, headers })).toEqual([48001, 'not-granted']);
    },
  );

  it('that looks up a rid is refused without rid:read, whatever paths are granted', async () => {
    const headers = await addCaller(rig, { grants: [{ appId: first.appId, allow: ['/*'] }] });
    const call = { method: 'POST', path: '/cgi-bin/openapi/rid/get', headers, body: '{"rid":"a-b-c"}' };
    expect(await refusalOf(call)).toEqual([48001, 'not-granted']);
  });

  it.each(['/cgi-bin/component/api_component_token', '/CGI-BIN/Component/api_query_auth/', '/cgi-bin/component'])(
    'to %s is never forwarded, whatever is granted',
    async (path) => {
      expect(await refusalOf({ method: 'POST', path, headers: named, body: '{}' })).toEqual([48001, 'never-forwarded']);
    },
  );

  it.each(['//cgi-bin/user/info', '/cgi-bin//user/info', '/cgi-bin/%2fuser', '/cgi-bin/%252fuser', '/cgi-bin/user//'])(
    'to %s is told that its base URL ends with a slash',
    async (path) => {
      const answer = await gateway.send({ path, headers: named });
      expect(wechatErrorIn(answer)).toEqual([40066, 'double-slash']);
      expect(answer.text).toContain('your base URL ends with a slash');
      expect(rig.simulator.log.count()).toBe(sentBefore);
    },
  );

  it.each([
    '/',
    '/cgi-bin/../sns/userinfo',
    '/cgi-bin/./user',
    '/cgi-bin/%2e%2e/user',
    '/cgi-bin/%252e%252e/user',
    '/cgi-bin/user%20info',
    '/cgi-bin/user%00info',
    '/cgi-bin/user%0d%0ainfo',
    '/cgi-bin/%E7%94%A8',
    '/cgi-bin/user;a=b',
    '/cgi-bin/user@host',
    '/cgi-bin/user:80',
    '/cgi-bin/user%5cinfo',
    '/cgi-bin/user%23info',
  ])('to the malformed path %s is refused', async (path) => {
    expect(await refusalOf({ path, headers: named })).toEqual([40066, 'malformed-path']);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('with the method %s is refused', async (method) => {
    expect(await refusalOf({ method, path: USER, headers: named })).toEqual([43002, 'method-not-allowed']);
  });

  it('with the method HEAD is refused, and has no body to say so in', async () => {
    const { status, headers, text } = await gateway.send({ method: 'HEAD', path: USER, headers: named });
    expect({ status, text, cause: headers['x-gateway-error'] }).toEqual({
      status: 200,
      text: '',
      cause: 'method-not-allowed',
    });
    expect(rig.simulator.log.count()).toBe(sentBefore);
  });

  it('with a query that may not stand in a request line is refused', async () => {
    const head = `GET ${USER}?a=#b HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n`;
    const answer = await gateway.sendRaw(Buffer.from(`${head}authorization: Bearer ${rig.callerKey}\r\n\r\n`));
    const text = answer.toString('latin1');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toContain('x-gateway-error: malformed-query');
    expect(text).toContain('{"errcode":40066,');
    expect(rig.simulator.log.count()).toBe(sentBefore);
  });

  it('with a header that may not stand in a request is refused', async () => {
    // Node's parser stops such bytes; API Gateway is not known to, so the event brings them.
    const environment = rig.callEnvironment();
    const answer = await environment.call({ path: USER, headers: { ...named, accept: 'a\r\nb: c' } });
    expect(answer.headers['x-gateway-error']).toBe('malformed-header');
    expect(answer.json()).toMatchObject({ errcode: 40097 });
    expect(rig.simulator.log.count()).toBe(sentBefore);
  });

  it('is refused for its credential before its account and its path are looked at', async () => {
    const call = { path: '/cgi-bin/component', headers: { authorization: '', 'x-wechat-appid': 'wxnobody' } };
    expect(await refusalOf(call)).toEqual([41001, 'no-credential']);
  });

  it('is good when nothing is wrong with it, and then reaches WeChat', async () => {
    const answer = await gateway.send({ path: USER, query: 'openid=o1', headers: named });
    expect(answer.json()).toMatchObject({ openid: 'o1' });
    expect(rig.simulator.log.count()).toBe(sentBefore + 1);
  });
});

describe('a gateway under a path prefix', () => {
  it('serves what is below the prefix and refuses the rest', async () => {
    const rig = await startRig({ accounts: [first], pathPrefix: '/wechat' });
    const gateway = await startGatewayOnSockets(rig);
    await rig.refreshEnvironment().invoke({});
    const good = await gateway.send({ path: `/wechat${USER}`, query: 'openid=o1' });
    expect(good.json()).toMatchObject({ openid: 'o1' });
    expect(rig.simulator.log.entries.at(-1)?.path).toBe(USER);
    const sentBefore = rig.simulator.log.count();
    for (const path of [USER, `/WeChat${USER}`, `/wechatx${USER}`, '/wechat']) {
      expect(wechatErrorIn(await gateway.send({ path }))).toEqual([40066, 'outside-path-prefix']);
    }
    expect(wechatErrorIn(await gateway.send({ path: `/wechat/${USER}` }))).toEqual([40066, 'double-slash']);
    expect(rig.simulator.log.count()).toBe(sentBefore);
    await gateway.close();
    await rig.close();
  });
});

/** What an operator's `disable` does. */
async function setDisabled(rig: Rig, appId: string): Promise<void> {
  await rig.dynamodbClient().send(
    new UpdateItemCommand({
      TableName: rig.tableName,
      Key: { pk: { S: tokenKey(appId).pk }, sk: { S: tokenKey(appId).sk } },
      UpdateExpression: 'SET disabledAt = :now',
      ExpressionAttributeValues: { ':now': { N: '1' } },
    }),
  );
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoClearQuotaAllowances } from '#shared/account/clear-quota-allowance.dynamodb.ts';
import { parseCallerKey } from '#shared/caller/caller-key.ts';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, type RigCall, startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';

const CLEAR = '/cgi-bin/clear_quota';
const CLEAR_V2 = '/cgi-bin/clear_quota/v2';
const CLEAR_ONE = '/cgi-bin/openapi/quota/clear';
const USER = '/cgi-bin/user/info';
const CLEARS_PER_MONTH = 10;
const ENDPOINT_CLEARS_PER_MONTH = 50;
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const account = simulatedAccount();
const other = simulatedAccount();
const { appId } = account;

let clock: MovableClock;
let rig: Rig;
let gateway: GatewayOnSockets;
let authorization: string;
let callerKey: string;

beforeEach(async () => {
  clock = createMovableClock();
  rig = await startRig({ accounts: [account, other], clock });
  await rig.refreshEnvironment().invoke({});
  gateway = await startGatewayOnSockets(rig);
  const grants = [account, other].map((one) => ({ appId: one.appId, allow: ['quota:clear'] }));
  ({ authorization } = await addCaller(rig, { grants }));
  callerKey = authorization.slice('Bearer '.length);
});

afterEach(async () => {
  await gateway.close();
  await rig.close();
});

const byToken = (id = appId): RigCall => ({
  method: 'POST',
  path: CLEAR,
  headers: { authorization, 'x-wechat-appid': id },
  body: JSON.stringify({ appid: id }),
});
const bySecret = (place: 'query' | 'form' | 'json' | 'json without a type' = 'query'): RigCall => {
  const fields = { appid: appId, appsecret: callerKey };
  const form = new URLSearchParams(fields).toString();
  const common = { method: 'POST', path: CLEAR_V2 };
  const none = { authorization: '' };
  if (place === 'query') return { ...common, query: form, headers: none };
  if (place === 'form') return { ...common, headers: { ...none, ...FORM_TYPE }, body: form };
  const type = place === 'json' ? JSON_TYPE : {};
  return { ...common, headers: { ...none, ...type }, body: JSON.stringify(fields) };
};

const ofOne = (body = JSON.stringify({ cgi_path: USER })): RigCall => ({
  method: 'POST',
  path: CLEAR_ONE,
  headers: { authorization, 'x-wechat-appid': appId },
  body,
});
const clearsLeft = () => createDynamoClearQuotaAllowances(rig.dynamodbClient(), rig.tableName).left(appId, clock.now());

const learnt = () => createDynamoLearntQuotaStore(rig.dynamodbClient(), rig.tableName).read(appId);

const clearsAtWechat = () => rig.simulator.log.count(CLEAR) + rig.simulator.log.count(CLEAR_V2);
const clear = async (call: RigCall) => (await gateway.send(call)).json()['errcode'];

async function useUp(times = CLEARS_PER_MONTH): Promise<void> {
  for (let done = 0; done < times; done += 1) expect(await clear(done % 2 === 0 ? byToken() : bySecret())).toBe(0);
}

describe('clearing the quota of an account', () => {
  it('works by access token, the body as the caller sent it', async () => {
    expect((await gateway.send(byToken())).json()).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(rig.simulator.log.entries.at(-1)?.body.toString()).toBe(`{"appid":"${appId}"}`);
  });

  it.each(['query', 'form', 'json', 'json without a type'] as const)(
    'works by app secret with the caller key in its place, in the %s',
    async (place) => {
      expect((await gateway.send(bySecret(place))).json()).toEqual({ errcode: 0, errmsg: 'ok' });
      const sent = rig.simulator.log.entries.at(-1);
      expect(Object.fromEntries(sent?.query ?? [])).toEqual({ appid: appId, appsecret: account.appSecret });
      expect(sent?.headers['content-length']).toBe('0');
    },
  );

  it('needs quota:clear, whatever paths are granted', async () => {
    const grants = [{ appId, allow: ['/*', CLEAR, CLEAR_V2] }];
    ({ authorization } = await addCaller(rig, { grants }));
    callerKey = authorization.slice('Bearer '.length);
    for (const call of [byToken(), bySecret(), { ...byToken(), path: '/CGI-BIN/Clear_Quota/' }]) {
      expect(wechatErrorIn(await gateway.send(call))).toEqual([48001, 'not-granted']);
    }
    expect(clearsAtWechat()).toBe(0);
  });

  it.each([
    ['without an app ID', { query: 'appsecret=x' }, 41002, 'app-secret-call-no-appid'],
    ['without a secret', { query: `appid=${appId}` }, 41004, 'app-secret-call-no-secret'],
    [
      'with the app secret',
      { query: `appid=${appId}&appsecret=${account.appSecret}` },
      40125,
      'app-secret-call-bad-key',
    ],
    ['with half a JSON body', { body: '{"appid":' }, 47001, 'malformed-json'],
    ['with GET', { method: 'GET' }, 43002, 'method-not-allowed'],
  ])('by app secret %s is refused', async (_, call, errcode, cause) => {
    const answer = await gateway.send({ method: 'POST', path: CLEAR_V2, headers: { authorization: '' }, ...call });
    expect(wechatErrorIn(answer)).toEqual([errcode, cause]);
    expect(clearsAtWechat()).toBe(0);
  });

  it('by access token with GET is refused and not counted', async () => {
    const { method: _method, body: _body, ...call } = byToken();
    expect(wechatErrorIn(await gateway.send(call))).toEqual([43002, 'method-not-allowed']);
    await useUp();
  });
});

describe('the monthly allowance', () => {
  it('is one for both calls and ends with the tenth', async () => {
    await useUp();
    for (const call of [byToken(), bySecret()]) {
      const answer = await gateway.send(call);
      expect(wechatErrorIn(answer)).toEqual([48006, 'clear-quota-allowance']);
      expect(answer.text).toContain('wait for the next month');
      const line = rig.lines.findLast((text) => text.includes('"clear-quota-allowance"')) ?? '{}';
      expect(JSON.parse(line)).toMatchObject({ account: appId, caller: parseCallerKey(callerKey)?.callerId });
    }
    expect(clearsAtWechat()).toBe(CLEARS_PER_MONTH);
  });

  it('holds when many callers clear at once in several environments', async () => {
    const environments = [gateway, await startGatewayOnSockets(rig), await startGatewayOnSockets(rig)];
    const calls = environments.flatMap((one) => Array.from({ length: 8 }, () => one.send(bySecret())));
    const errcodes = (await Promise.all(calls)).map((answer) => answer.json()['errcode']);
    expect(errcodes.filter((errcode) => errcode === 0)).toHaveLength(CLEARS_PER_MONTH);
    expect(errcodes.filter((errcode) => errcode === 48006)).toHaveLength(calls.length - CLEARS_PER_MONTH);
    expect(clearsAtWechat()).toBe(CLEARS_PER_MONTH);
    await Promise.all(environments.slice(1).map((one) => one.close()));
  });

  it('is of each account alone', async () => {
    await useUp();
    expect(await clear(byToken(other.appId))).toBe(0);
  });

  it('is new with the month in UTC+8', async () => {
    clock.set(Date.UTC(2026, 10, 30, 15, 59));
    await rig.refreshEnvironment().invoke({});
    await useUp();
    expect(await clear(bySecret())).toBe(48006);
    clock.set(Date.UTC(2026, 10, 30, 16, 0));
    expect(await clear(bySecret())).toBe(0);
  });

  it.each([
    ['WeChat refused', { kind: 'errcode', errcode: 45009 }],
    ['WeChat refused with its own 48006', { kind: 'errcode', errcode: 48006 }],
  ] as const)('gets a clear back that %s', async (_, fault) => {
    rig.simulator.faults.add({ ...fault, path: CLEAR });
    rig.simulator.faults.add({ ...fault, path: CLEAR_V2 });
    expect(await clear(byToken())).toBe(fault.errcode);
    expect(await clear(bySecret())).toBe(fault.errcode);
    await useUp();
  });

  it('gets a clear back whose app secret was refused', async () => {
    rig.simulator.account(appId).setSecret('f'.repeat(32));
    expect(await clear(bySecret())).toBe(990401);
    rig.simulator.account(appId).setSecret(account.appSecret);
    await useUp();
  });

  it('gets a clear back that was never sent', async () => {
    await rig.secrets.close();
    expect(await clear(bySecret())).toBe(-1);
    for (let done = 0; done < CLEARS_PER_MONTH; done += 1) expect(await clear(byToken())).toBe(0);
  });

  it.each([
    ['WeChat was too busy for', { kind: 'errcode', errcode: -1 }],
    ['was answered without an errcode', { kind: 'body', body: '{}' }],
    ['was answered by something in front of WeChat', { kind: 'status', status: 502 }],
  ] as const)('keeps a clear counted that %s, and begins no new count', async (_, fault) => {
    rig.simulator.faults.add({ ...fault, path: CLEAR });
    rig.simulator.faults.add({ ...fault, path: CLEAR_V2 });
    await gateway.send(byToken());
    await gateway.send(bySecret());
    expect(await clearsLeft()).toEqual({ all: 8, endpoint: 50 });
    expect((await learnt()).clearedAt).toBeUndefined();
  });

  it('keeps a clear counted of which nobody knows whether WeChat did it', async () => {
    rig.simulator.faults.add({ kind: 'reset', path: CLEAR_V2, when: 'before' });
    rig.simulator.faults.add({ kind: 'reset', path: CLEAR, when: 'before' });
    expect(await clear(bySecret())).toBe(990504);
    expect(await clear(byToken())).toBe(990504);
    await useUp(CLEARS_PER_MONTH - 2);
    expect(wechatErrorIn(await gateway.send(byToken()))).toEqual([48006, 'clear-quota-allowance']);
  });

  it('is not asked when the table cannot be reached, and nothing is sent', async () => {
    expect(await clear(byToken())).toBe(0);
    await rig.dynamodb.close();
    expect(wechatErrorIn(await gateway.send(byToken()))).toEqual([-1, 'table-unreachable']);
    expect(clearsAtWechat()).toBe(1);
  });
});

describe('clearing the quota of one endpoint', () => {
  it('works by access token, and begins a new count of that endpoint alone', async () => {
    expect(await clear(ofOne())).toBe(0);
    expect(await clear(ofOne('{"cgi_path":"/CGI-bin/Menu/Get/"}'))).toBe(0);
    const { clearedAt, clearedEndpoints } = await learnt();
    expect(clearedAt).toBeUndefined();
    expect(clearedEndpoints).toEqual(
      new Map([
        [USER, clock.now()],
        ['/cgi-bin/menu/get', clock.now()],
      ]),
    );
  });

  it('has an allowance of its own, which ends with the fiftieth', async () => {
    await useUp();
    for (let done = 0; done < ENDPOINT_CLEARS_PER_MONTH; done += 1) expect(await clear(ofOne())).toBe(0);
    const answer = await gateway.send(ofOne());
    expect(wechatErrorIn(answer)).toEqual([48006, 'clear-endpoint-quota-allowance']);
    expect(answer.text).toContain('50 clears of single endpoints');
    expect(rig.simulator.log.count(CLEAR_ONE)).toBe(ENDPOINT_CLEARS_PER_MONTH);
  });

  it('gets a clear back that WeChat refused', async () => {
    expect(await clear(ofOne('{"cgi_path":"user/info"}'))).toBe(76003);
    expect(await clear(ofOne('{}'))).toBe(76003);
    expect(await clearsLeft()).toEqual({ all: 10, endpoint: 50 });
  });

  it('needs quota:clear, and POST with a whole JSON body', async () => {
    expect(wechatErrorIn(await gateway.send(ofOne('{"cgi_path":')))).toEqual([47001, 'malformed-json']);
    const { body: _body, ...call } = ofOne();
    expect(wechatErrorIn(await gateway.send({ ...call, method: 'GET' }))).toEqual([43002, 'method-not-allowed']);
    ({ authorization } = await addCaller(rig, { grants: [{ appId, allow: ['/*', CLEAR_ONE] }] }));
    expect(wechatErrorIn(await gateway.send(ofOne()))).toEqual([48001, 'not-granted']);
    expect(rig.simulator.log.count(CLEAR_ONE)).toBe(0);
    expect(await clearsLeft()).toEqual({ all: 10, endpoint: 50 });
  });
});

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REFUSALS } from '#shared/api-call/refusal.ts';
import { createCallerId, createCallerKey } from '#shared/caller/caller-key.ts';
import { createDynamoAccountItems } from '../../infra/operator/account-items.dynamodb.ts';
import { type GatewayOnSockets, type SocketAnswer, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';
import { createStillClock } from './still-clock.ts';

const USER = '/cgi-bin/user/info';
const START = Date.UTC(2026, 9, 1, 1);
const account = simulatedAccount();
const disabled = simulatedAccount();
const notGranted = simulatedAccount();
const grants = [account, disabled].map(({ appId }) => ({ appId, allow: ['/*'] }));
const anonymous = { authorization: '' };

type Fields = Readonly<Record<string, string | undefined>>;
type AskForToken = (gateway: GatewayOnSockets, fields: Fields) => Promise<SocketAnswer>;

const classic: AskForToken = (gateway, fields) => {
  const query = new URLSearchParams(JSON.parse(JSON.stringify(fields))).toString();
  return gateway.send({ path: '/cgi-bin/token', query, headers: anonymous });
};
const stable: AskForToken = (gateway, fields) =>
  gateway.send({ method: 'POST', path: '/cgi-bin/stable_token', headers: anonymous, body: JSON.stringify(fields) });

/** The rows of refusals that the other refusal tests do not visit: those that an SDK meets with its token. */
describe('what an SDK is told', () => {
  const clock = createStillClock(START);
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let sentBefore = 0;

  beforeAll(async () => {
    rig = await startRig({ accounts: [account, disabled, notGranted], clock });
    await rig.refreshEnvironment().invoke({});
    await rig.callers.put({ ...(await callerOf(rig)), grants });
    await createDynamoAccountItems(rig.dynamodbClient(), rig.tableName).disable(disabled.appId, START);
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
  const refusalIn = (answer: SocketAnswer) => {
    expect(rig.simulator.log.count()).toBe(sentBefore);
    return wechatErrorIn(answer);
  };
  const right = () => ({ grant_type: 'client_credential', appid: account.appId, secret: rig.callerKey });
  const keyOf = async (caller: Parameters<typeof addCaller>[1]) =>
    (await addCaller(rig, caller)).authorization.slice('Bearer '.length);

  describe.each([
    ['GET /cgi-bin/token', classic],
    ['POST /cgi-bin/stable_token', stable],
  ])('by %s', (_, ask) => {
    it('with everything right is a token', async () => {
      const answer = await ask(gateway, { ...right(), force_refresh: 'true', unheard: 'of' });
      const { access_token: token, expires_in: expiresIn, ...others } = answer.json();
      expect([answer.status, answer.headers['content-type'], expiresIn, others]).toEqual([
        200,
        'application/json',
        7200,
        {},
      ]);
      expect(token).toMatch(/^[A-Za-z0-9_-]{33,400}$/);
      expect(answer.text).toBe(JSON.stringify(answer.json()));
    });

    it.each<[string, () => string | Promise<string>]>([
      ['an AppSecret', () => account.appSecret],
      ['a made-up caller key', () => createCallerKey(createCallerId())],
      ['a made-up key of a real caller', () => createCallerKey(rig.callerId)],
      ['half a caller key', () => rig.callerKey.slice(0, -20)],
      ['a retired key', () => keyOf({ grants, retiredAt: 1 })],
      ['the key of a disabled caller', () => keyOf({ grants, disabled: true })],
    ])('with %s as secret is that its secret is wrong', async (_case, secret) => {
      const answer = await ask(gateway, { ...right(), secret: await secret() });
      expect(refusalIn(answer)).toEqual([40125, 'token-endpoint-bad-key']);
    });

    it.each([
      ['nobody knows', 'wx0000000000000000'],
      ['is disabled', disabled.appId],
      ['its caller is not granted', notGranted.appId],
      ['is no app ID', '../TOKEN#'],
    ])('for an account that %s is that the app ID is wrong', async (_case, appid) => {
      const [errcode, cause] = refusalIn(await ask(gateway, { ...right(), appid }));
      expect(errcode).toBe(40013);
      expect(cause).toBe('token-endpoint-unknown-account');
    });

    it.each([
      ['without an appid', { appid: undefined }, 41002, 'token-endpoint-no-appid'],
      ['with an empty appid', { appid: '' }, 41002, 'token-endpoint-no-appid'],
      ['without a secret', { secret: undefined }, 41004, 'token-endpoint-no-secret'],
      ['with an empty secret', { secret: '' }, 41004, 'token-endpoint-no-secret'],
      ['without a grant_type', { grant_type: undefined }, 40002, 'token-endpoint-grant-type'],
      ['with a grant_type of users', { grant_type: 'authorization_code' }, 40002, 'token-endpoint-grant-type'],
    ])('%s is what is missing', async (_case, wrong, errcode, cause) => {
      expect(refusalIn(await ask(gateway, { ...right(), ...wrong }))).toEqual([errcode, cause]);
    });
  });

  it.each([
    ['POST', '/cgi-bin/token'],
    ['GET', '/cgi-bin/stable_token'],
    ['PUT', '/cgi-bin/token'],
  ])('by %s %s is to use the other method', async (method, path) => {
    const query = new URLSearchParams(right()).toString();
    const body = method === 'GET' ? {} : { body: JSON.stringify(right()) };
    const answer = await gateway.send({ method, path, query, headers: anonymous, ...body });
    expect(refusalIn(answer)).toEqual([43002, 'method-not-allowed']);
  });

  it.each(['', '[]', '{', '"text"', 'appid=wx&secret=s'])(
    'for the stable token body %j is to send JSON',
    async (body) => {
      const answer = await gateway.send({ method: 'POST', path: '/cgi-bin/stable_token', headers: anonymous, body });
      expect(refusalIn(answer)).toEqual([47001, 'malformed-json']);
    },
  );

  it.each([
    ['that is no gateway token', () => 'x'.repeat(90)],
    ['of WeChat itself', () => rig.simulator.account(account.appId).currentToken('stable') ?? ''],
    ['that is a caller key', () => rig.callerKey],
    ['that says undefined', () => 'undefined'],
  ])('with an access token %s is 40001', async (_, token) => {
    const answer = await gateway.send({ path: USER, query: `access_token=${token()}`, headers: anonymous });
    expect(refusalIn(answer)).toEqual([40001, 'invalid-gateway-token']);
  });

  it('with a good gateway token is what WeChat says, and 40001 with two of them or once it is too old', async () => {
    const token = String((await classic(gateway, right())).json()['access_token']);
    const send = (query: string) => gateway.send({ path: USER, query, headers: anonymous });
    expect((await send(`access_token=${token}&openid=o1`)).json()).toMatchObject({ openid: 'o1' });
    sentBefore += 1;
    const twice = await send(`access_token=${token}&access_token=${token}`);
    expect(refusalIn(twice)).toEqual([40001, 'malformed-credential']);
    clock.set(START + 7_900_000);
    expect(refusalIn(await send(`access_token=${token}`))).toEqual([40001, 'invalid-gateway-token']);
    clock.set(START);
  });

  it('with a gateway token of a revoked key is 40001 within 60 s, of a disabled caller too', async () => {
    const key = await keyOf({ grants });
    const query = `access_token=${String((await classic(gateway, { ...right(), secret: key })).json()['access_token'])}`;
    const id = key.slice('wxg_'.length, 'wxg_'.length + 8);
    const caller = await callerOf(rig, id);
    await rig.callers.put({ ...caller, disabled: true });
    clock.set(START + 60_000);
    const whileDisabled = await gateway.send({ path: USER, query, headers: anonymous });
    expect(refusalIn(whileDisabled)).toEqual([40001, 'caller-disabled']);
    await rig.callers.put({ ...caller, keys: [] });
    clock.set(START + 120_000);
    const afterRevoking = await gateway.send({ path: USER, query, headers: anonymous });
    expect(refusalIn(afterRevoking)).toEqual([40001, 'invalid-gateway-token']);
    clock.set(START);
  });

  it('when the table cannot be reached is -1', async () => {
    const other = await startRig({ accounts: [account] });
    const cold = await startGatewayOnSockets(other);
    await other.dynamodb.close();
    expect(wechatErrorIn(await classic(cold, { ...right(), secret: other.callerKey }))).toEqual([
      -1,
      'table-unreachable',
    ]);
    await cold.close();
    await other.close();
  });
});

it('every way of refusing is named by a test of this folder, which sends its call over a socket or as an event', () => {
  const folder = import.meta.dirname;
  const sources = globSync('*.test.ts', { cwd: folder }).map((file) => readFileSync(join(folder, file), 'utf8'));
  expect(Object.keys(REFUSALS).filter((cause) => !sources.some((source) => source.includes(cause)))).toEqual([]);
});

async function callerOf(rig: Rig, id = rig.callerId) {
  const caller = await rig.callers.get(id);
  if (caller === undefined) throw new Error(`no caller ${id}`);
  return caller;
}

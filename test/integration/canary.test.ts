import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { accountKey, type ItemKey, tokenKey } from '#shared/table/keys.ts';
import { createCanary } from '../canary.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';

const USER = '/cgi-bin/user/info';
const SEND = '/cgi-bin/message/custom/send';
const MESSAGE = '{"touser":"o1","msgtype":"text","text":{"content":"hi"}}';
/** Signs that every encoding changes, so that a leak in any spelling can be told. */
const stable = { ...simulatedAccount(), appSecret: 'mArKeD/sEcReT+one "&%' };
const classic = { ...simulatedAccount(), appSecret: 'mArKeD/sEcReT+two "&%', mode: 'classic' as const };

const leakyRig = async (leak: (rig: Rig) => unknown): Promise<string> => {
  const rig = await startRig({ accounts: [stable] });
  await rig.callEnvironment().call({ path: USER });
  await leak(rig);
  return rig.close().then(
    () => 'no leak',
    (error: unknown) => String(error),
  );
};
const tokenOf = (rig: Rig) => rig.simulator.account(stable.appId).currentToken('stable') ?? '';

/** Every rig looks for its secrets when it is closed: each test of this project is a canary test. These show that the looking works. */
describe('closing a rig', () => {
  it.each<[string, (rig: Rig) => unknown, RegExp]>([
    ['an access token', (rig) => rig.canary.saw('a log line', `{"x":"${tokenOf(rig)}"}`), /access token in a log line/],
    ['an app secret', (rig) => rig.canary.saw('a metric', JSON.stringify(stable)), /app secret in a metric/],
    ['a caller key', (rig) => rig.canary.saw('an answer', Buffer.from(rig.callerKey)), /caller key in an answer/],
    ['half a caller key', (rig) => rig.canary.saw('x', rig.callerKey.slice(17, 60)), /caller key in x/],
    ['an encoded secret', (rig) => rig.canary.saw('x', encodeURIComponent(stable.appSecret)), /app secret in x/],
    [
      'a token in base64',
      (rig) => rig.canary.saw('x', Buffer.from(tokenOf(rig)).toString('base64')),
      /access token in x/,
    ],
    [
      'a killed token',
      (rig) => (rig.canary.saw('x', tokenOf(rig)), rig.simulator.account(stable.appId).killCurrentToken()),
      /access token/,
    ],
    [
      'a secret behind an error',
      (rig) => rig.canary.sawError('x', new Error('a', { cause: { of: [stable.appSecret] } })),
      /app secret in x/,
    ],
  ])('fails when %s was let out, and does not repeat it', async (_, leak, report) => {
    const message = await leakyRig(leak);
    expect(message).toMatch(report);
    expect(message).not.toContain('sEcReT');
  });

  it('succeeds when nothing was let out', async () => {
    expect(await leakyRig(() => undefined)).toBe('no leak');
  });

  it('fails when an upstream echoes the token, so answers and log lines of calls are really looked at', async () => {
    const message = await leakyRig(async (rig) => {
      rig.simulator.faults.add({ kind: 'body', body: `{"echo":"${tokenOf(rig)}"}`, path: USER });
      await rig.callEnvironment().call({ path: USER });
    });
    expect(message).toMatch(/access token in answer to \/cgi-bin\/user\/info/);
  });

  it('lets a token pass in the answer of /gateway/token and nothing else', async () => {
    const message = await leakyRig(async (rig) => {
      const answer = await rig.callEnvironment().call({ path: '/gateway/token' });
      expect(answer.json()['access_token']).toBe(tokenOf(rig));
    });
    expect(message).toBe('no leak');
    const canary = createCanary();
    canary.mark('access token', 'the token');
    canary.mark('app secret', 'the secret');
    canary.saw('the answer', 'the token and the secret', 'access token');
    expect(canary.leaks()).toEqual(['app secret in the answer']);
  });
});

describe('everything that a gateway lets out', () => {
  it('holds no app secret, access token or caller key, whatever goes well or wrong', async () => {
    const clock = createMovableClock();
    clock.autoAdvance = true;
    const rig = await startRig({ accounts: [stable, classic], clock });
    const gateway = await startGatewayOnSockets(rig);
    for (const episode of EPISODES) await episode(rig, gateway);
    await gateway.close();
    const events = new Set(rig.lines.map((line) => (JSON.parse(line) as { event?: string }).event));
    expect(events).toEqual(
      new Set(['call', 'refresh', 'refresh-not-run', 'upstream-failure', 'stale-quotas', undefined]),
    );
    const causes = new Set(rig.lines.map((line) => (JSON.parse(line) as { cause?: string }).cause));
    expect([...causes]).toEqual(expect.arrayContaining(CAUSES));
    expect(rig.canary.leaks()).toEqual([]);
    await rig.close();
  });
});

const CAUSES = [
  'no-credential',
  'malformed-credential',
  'malformed-path',
  'unknown-account',
  'never-forwarded',
  'no-token',
  'upstream-broke',
  'answer-too-large',
  'token-refused-again',
  'internal-error',
  'table-unreachable',
];

type Episode = (rig: Rig, gateway: GatewayOnSockets) => Promise<void>;

const inBoth = async (call: (headers: { 'x-wechat-appid': string }) => Promise<unknown>): Promise<void> => {
  for (const { appId } of [stable, classic]) await call({ 'x-wechat-appid': appId });
};

/** In this order: each leaves the rig as the next one needs it. */
const EPISODES: readonly Episode[] = [
  async function goodCalls(_rig, gateway) {
    await inBoth((headers) => gateway.send({ path: USER, query: 'openid=o1', headers }));
    await inBoth((headers) => gateway.send({ method: 'POST', path: SEND, headers, body: MESSAGE }));
    for (const path of ['/gateway/health', '/gateway/status', '/gateway/token', '/gateway/x']) {
      await inBoth((headers) => gateway.send({ path, headers }));
    }
  },
  async function misplacedCredentials({ callerKey, simulator }, gateway) {
    const token = simulator.account(stable.appId).currentToken('stable') ?? '';
    const headers = { 'x-wechat-appid': stable.appId };
    for (const secret of [callerKey, token, encodeURIComponent(stable.appSecret)]) {
      await gateway.send({ path: USER, query: `access_token=${secret}&secret=${secret}&x=${secret}`, headers });
      await gateway.send({ path: USER, query: `access_token=${secret}`, headers: { authorization: '' } });
      const issue = { path: '/cgi-bin/token', headers: { authorization: '' } };
      const query = `grant_type=client_credential&appid=${stable.appId}&secret=${secret}`;
      await gateway.send({ ...issue, query });
      const body = JSON.stringify({ grant_type: 'client_credential', appid: stable.appId, secret });
      await gateway.send({ ...issue, method: 'POST', path: '/cgi-bin/stable_token', body });
      await gateway.send({ path: USER, headers: { 'x-wechat-appid': secret } });
      await gateway.send({ path: USER, headers: { authorization: `Bearer ${secret}x` } });
      await gateway.send({ path: USER, headers: { ...headers, cookie: secret, accept: secret } });
      await gateway.send({ method: 'POST', path: SEND, headers, body: `{"secret":"${secret}"}` });
    }
    await gateway.send({ path: USER, headers: { authorization: '', 'x-api-key': callerKey } });
    await gateway.send({ path: `/cgi-bin/${callerKey}`, headers });
    await gateway.send({ path: `/cgi-bin/../${callerKey}`, headers });
    await gateway.send({ method: 'POST', path: '/cgi-bin/component/x', headers, body: callerKey });
  },
  async function lookedUpCalls({ simulator }, gateway) {
    await inBoth(async (headers) => {
      const failed = await gateway.send({ path: USER, query: 'openid=bad', headers });
      const rid = /rid: (\S+)"/.exec(failed.text)?.[1] ?? '';
      const body = JSON.stringify({ rid });
      const answer = await gateway.send({ method: 'POST', path: '/cgi-bin/openapi/rid/get', headers, body });
      expect(answer.json()).toMatchObject({
        errcode: 0,
        request: { request_url: expect.stringContaining('openid=bad') },
      });
    });
    expect(simulator.log.count('/cgi-bin/openapi/rid/get')).toBe(2);
  },
  async function healedCalls({ simulator }, gateway) {
    await inBoth(async (headers) => {
      simulator.account(headers['x-wechat-appid']).killCurrentToken();
      expect((await gateway.send({ path: USER, query: 'openid=o1', headers })).text).toContain('o1');
    });
    simulator.faults.add({ kind: 'errcode', errcode: 40001, path: USER, times: 4 });
    await inBoth((headers) => gateway.send({ path: USER, headers }));
  },
  async function brokenAnswers({ simulator }, gateway) {
    const faults = [
      { kind: 'reset' },
      { kind: 'reset', when: 'after' },
      { kind: 'truncate', atByte: 9 },
      { kind: 'endless' },
      { kind: 'html' },
      { kind: 'status', status: 502 },
    ] as const;
    for (const fault of faults) {
      simulator.faults.add({ ...fault, path: SEND });
      await gateway.send({ method: 'POST', path: SEND, headers: { 'x-wechat-appid': stable.appId }, body: MESSAGE });
    }
  },
  async function failedIssues(rig, gateway) {
    for (const errcode of [40001, 40125, 40164, 40243, 45009, 89503, -1]) {
      rig.simulator.faults.add({ kind: 'errcode', errcode, path: /token$/, times: Infinity });
      await inBoth((headers) => healAfterKill(rig, gateway, headers));
      rig.simulator.faults.clear();
      await coolDown(rig);
    }
    const faults = [{ kind: 'html' }, { kind: 'truncate', atByte: 40 }, { kind: 'reset', when: 'after' }] as const;
    for (const fault of faults) {
      rig.simulator.faults.add({ ...fault, path: /token$/, times: 2 });
      await inBoth((headers) => healAfterKill(rig, gateway, headers));
      rig.simulator.faults.clear();
      await coolDown(rig);
    }
  },
  async function brokenAccount(rig, gateway) {
    await putSecretsAt(rig, accountKey(classic.appId));
    await healAfterKill(rig, gateway, { 'x-wechat-appid': classic.appId });
  },
  async function brokenSecrets(rig, gateway) {
    const SecretId = `${rig.secretPrefix}${stable.appId}`;
    const SecretString = JSON.stringify({ appSecrets: stable.appSecret });
    await rig.secretsManager.send(new UpdateSecretCommand({ SecretId, SecretString }));
    await healAfterKill(rig, gateway, { 'x-wechat-appid': stable.appId });
    await rig.secrets.close();
    await coolDown(rig);
    await healAfterKill(rig, gateway, { 'x-wechat-appid': stable.appId });
  },
  async function brokenToken(rig, gateway) {
    await putSecretsAt(rig, tokenKey(stable.appId));
    const fresh = await startGatewayOnSockets(rig);
    await fresh.send({ path: USER, headers: { 'x-wechat-appid': stable.appId } });
    await fresh.close();
    await gateway.send({ path: '/gateway/status' });
  },
  async function oddEvents(rig) {
    const { callerKey } = rig;
    const events = [
      { appId: stable.appSecret },
      { appId: stable.appId, refusedFingerprint: callerKey },
      callerKey,
      [callerKey],
    ];
    for (const event of events) await expect(rig.refreshEnvironment().invoke(event)).rejects.toThrow('must be');
  },
  async function noTable(rig, gateway) {
    await rig.dynamodb.close();
    await inBoth((headers) => gateway.send({ path: USER, headers }));
    rig.simulator.account(classic.appId).killCurrentToken();
    await inBoth((headers) => gateway.send({ path: USER, headers }));
    const fresh = await startGatewayOnSockets(rig);
    await inBoth((headers) => fresh.send({ path: USER, headers }));
    await fresh.close();
    await expect(rig.refreshEnvironment().invoke({})).rejects.toThrow(/./);
  },
];

/** An item that nobody can read, made of what must not be let out. */
async function putSecretsAt(rig: Rig, { pk, sk }: ItemKey): Promise<void> {
  const secrets = { token: { S: stable.appSecret }, mode: { S: classic.appSecret }, version: { S: rig.callerKey } };
  const Item = { pk: { S: pk }, sk: { S: sk }, ...secrets };
  await rig.dynamodbClient().send(new PutItemCommand({ TableName: rig.tableName, Item }));
}

/** Whatever keeps the new token from coming, the call has an answer. */
async function healAfterKill(
  rig: Rig,
  gateway: GatewayOnSockets,
  headers: { 'x-wechat-appid': string },
): Promise<void> {
  rig.simulator.account(headers['x-wechat-appid']).killCurrentToken();
  await gateway.send({ path: USER, headers });
  await gateway.send({ path: '/gateway/status', headers });
}

/** Until every cooldown is over, and the next tick has tried again. */
async function coolDown(rig: Rig): Promise<void> {
  // The rig's clock is the movable one of this file; a day is longer than any cooldown.
  for (let hours = 0; hours < 25; hours += 1) await rig.clock.sleep(3_600_000);
  await rig.refreshEnvironment().invoke({});
}

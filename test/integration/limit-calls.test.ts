import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerId, createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { createDynamoKeyUseStore } from '#shared/caller/key-use.dynamodb.ts';
import { createSealingKey } from '#shared/caller/user-token.ts';
import { KEY_PREFIX } from '#shared/table/keys.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { markCallerKey, type Rig, startRig } from '../gateway-rig.ts';
import { simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';
import { createStillClock, type StillClock } from './still-clock.ts';

const USER = '/cgi-bin/user/info';
const SEND = '/cgi-bin/message/custom/send';
const TICKET = '/cgi-bin/ticket/getticket';
/** Ten seconds to one o'clock, in UTC+8. */
const START = Date.UTC(2026, 10, 20, 4, 59, 50);
const HOUR_MS = 3_600_000;
const account = simulatedAccount();

let clock: StillClock;
let rig: Rig;
let gateway: GatewayOnSockets;

beforeEach(async () => {
  clock = createStillClock(START);
  rig = await startRig({ accounts: [account], clock });
  await rig.refreshEnvironment().invoke({});
  gateway = await startGatewayOnSockets(rig);
});
afterEach(async () => {
  await gateway.close();
  await rig.close();
});

const later = (durationMs: number) => clock.set(clock.now() + durationMs);
const keyUses = () => createDynamoKeyUseStore(rig.dynamodbClient(), rig.tableName);

async function addCaller(changes: Partial<Caller>) {
  const id = createCallerId();
  const key = createCallerKey(id);
  markCallerKey(rig.canary, key);
  const record = recordOf(key, 0);
  const grants = [{ appId: account.appId, allow: ['category:users', 'category:messages'] }];
  const basics = { id, name: 'added', disabled: false, keys: [record], sealingKey: createSealingKey(), grants };
  await rig.callers.put({ ...basics, ...changes });
  return { id, key, keyId: record.keyId, headers: { authorization: `Bearer ${key}` } };
}

/** What is stored of a caller's use, by sort key. */
async function usageOf(callerId: string): Promise<readonly (string | undefined)[]> {
  const { Items = [] } = await rig.dynamodbClient().send(
    new QueryCommand({
      TableName: rig.tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `${KEY_PREFIX.usage}${callerId}` } },
    }),
  );
  return Items.map((item) => item['sk']?.S);
}

describe('a caller with limits', () => {
  it('hears 45011 when its minute is used up, in every environment, and is let in again in the next', async () => {
    const { headers } = await addCaller({ limits: { perMinute: 2 } });
    const elsewhere = await startGatewayOnSockets(rig);
    expect((await gateway.send({ path: USER, query: 'openid=o1', headers })).json()).toMatchObject({ openid: 'o1' });
    expect((await elsewhere.send({ path: USER, query: 'openid=o2', headers })).json()).toMatchObject({ openid: 'o2' });
    for (const { send } of [gateway, elsewhere]) {
      expect(wechatErrorIn(await send({ path: USER, headers }))).toEqual([45011, 'minute-limit']);
    }
    expect(rig.simulator.log.count(USER)).toBe(2);
    later(10_000);
    expect((await gateway.send({ path: USER, query: 'openid=o3', headers })).json()).toMatchObject({ openid: 'o3' });
    await elsewhere.close();
  });

  it('hears 45009 when its day is used up', async () => {
    const { headers } = await addCaller({ limits: { perDay: 1, perMinute: 100 } });
    await gateway.send({ path: USER, query: 'openid=o1', headers });
    later(60_000);
    expect(wechatErrorIn(await gateway.send({ path: USER, headers }))).toEqual([45009, 'day-limit']);
    expect(rig.simulator.log.count(USER)).toBe(1);
  });

  it('is not charged for what the gateway answers itself or refuses before', async () => {
    const { key, headers } = await addCaller({ limits: { perDay: 1 } });
    const query = `grant_type=client_credential&appid=${account.appId}&secret=${key}`;
    await gateway.send({ path: '/cgi-bin/token', query, headers: { authorization: '' } });
    expect(wechatErrorIn(await gateway.send({ path: '/cgi-bin/menu/get', headers }))).toEqual([48001, 'not-granted']);
    expect(wechatErrorIn(await gateway.send({ path: '/cgi-bin/component', headers }))).toEqual([
      48001,
      'never-forwarded',
    ]);
    expect((await gateway.send({ path: USER, query: 'openid=o1', headers })).json()).toMatchObject({ openid: 'o1' });
  });

  it('is charged once for a call that was replayed with a new token', async () => {
    const { headers } = await addCaller({ limits: { perDay: 2 } });
    rig.simulator.account(account.appId).killCurrentToken();
    expect((await gateway.send({ path: USER, query: 'openid=o1', headers })).json()).toMatchObject({ openid: 'o1' });
    expect(rig.simulator.log.count(USER)).toBe(2);
    expect((await gateway.send({ path: USER, query: 'openid=o2', headers })).json()).toMatchObject({ openid: 'o2' });
    expect(wechatErrorIn(await gateway.send({ path: USER, headers }))).toEqual([45009, 'day-limit']);
  });

  it('is charged for a ticket that WeChat issues for it, and for none that is there', async () => {
    const ticket = { path: TICKET, query: 'type=jsapi' };
    const grants = [{ appId: account.appId, allow: [TICKET, 'category:users'] }];
    const usedUp = await addCaller({ grants, limits: { perDay: 1 } });
    await gateway.send({ path: USER, query: 'openid=o1', headers: usedUp.headers });
    expect(wechatErrorIn(await gateway.send({ ...ticket, headers: usedUp.headers }))).toEqual([45009, 'day-limit']);
    expect(rig.simulator.log.count(TICKET)).toBe(0);
    const { headers } = await addCaller({ grants, limits: { perDay: 1 } });
    expect((await gateway.send({ ...ticket, headers })).json()).toMatchObject({ errcode: 0 });
    expect(wechatErrorIn(await gateway.send({ path: USER, headers }))).toEqual([45009, 'day-limit']);
    for (const caller of [{ headers }, usedUp]) {
      expect((await gateway.send({ ...ticket, headers: caller.headers })).json()).toMatchObject({ errcode: 0 });
    }
    expect(rig.simulator.log.count(TICKET)).toBe(1);
  });

  it('is refused when the table goes away, while one without limits goes on', async () => {
    const { headers } = await addCaller({ limits: { perDay: 100 } });
    await gateway.send({ path: USER, query: 'openid=o1', headers });
    await gateway.send({ path: USER, query: 'openid=o1' });
    await rig.dynamodb.close();
    expect(wechatErrorIn(await gateway.send({ path: USER, headers }))).toEqual([-1, 'table-unreachable']);
    expect((await gateway.send({ path: USER, query: 'openid=o2' })).json()).toMatchObject({ openid: 'o2' });
  });
});

describe('a caller without limits', () => {
  it('leaves no counts in the table', async () => {
    const { id, headers } = await addCaller({});
    for (let call = 0; call < 5; call += 1) await gateway.send({ path: USER, query: 'openid=o1', headers });
    expect(await usageOf(id)).toEqual(['KEYS']);
  });
});

describe('the last use of a key', () => {
  it('is known to the hour, for a caller key and for the gateway tokens made with it', async () => {
    const caller = await addCaller({});
    const second = createCallerKey(caller.id);
    markCallerKey(rig.canary, second);
    const stored = await rig.callers.get(caller.id);
    if (stored === undefined) throw new Error('the caller was just added');
    await rig.callers.put({ ...stored, keys: [...stored.keys, recordOf(second, 0)] });
    expect(await keyUses().lastUsedAt(caller.id)).toEqual(new Map());
    const query = `grant_type=client_credential&appid=${account.appId}&secret=${second}`;
    const token = (await gateway.send({ path: '/cgi-bin/token', query, headers: { authorization: '' } })).json();
    await gateway.send({ path: USER, query: 'openid=o1', headers: caller.headers });
    later(10_000);
    const withToken = {
      query: `openid=o1&access_token=${String(token['access_token'])}`,
      headers: { authorization: '' },
    };
    await gateway.send({ path: USER, ...withToken });
    const hour = START - (START % HOUR_MS);
    expect(await keyUses().lastUsedAt(caller.id)).toEqual(
      new Map([
        [caller.keyId, hour],
        [recordOf(second, 0).keyId, hour + HOUR_MS],
      ]),
    );
  });

  it.each([
    ['only ever gets gateway tokens', '/cgi-bin/token'],
    ['only ever gets the real token', '/gateway/token'],
    ['only ever logs users in', '/sns/jscode2session'],
  ])('is known for a key that %s', async (_, path) => {
    const grants = [{ appId: account.appId, allow: ['/*', 'token:read'] }];
    const { id, key, keyId, headers } = await addCaller({ grants });
    const secret = { appid: account.appId, secret: key, grant_type: 'client_credential', js_code: 'c1' };
    const query = path === '/gateway/token' ? '' : new URLSearchParams(secret).toString();
    await gateway.send({ path, query, headers: path === '/gateway/token' ? headers : { authorization: '' } });
    expect([...(await keyUses().lastUsedAt(id)).keys()]).toEqual([keyId]);
  });

  it('is known for a call that failed at WeChat, too', async () => {
    const { id, keyId, headers } = await addCaller({});
    rig.simulator.faults.add({ kind: 'reset', path: SEND });
    await gateway.send({ method: 'POST', path: SEND, headers, body: '{}' });
    expect([...(await keyUses().lastUsedAt(id)).keys()]).toEqual([keyId]);
  });

  it('is not worth a failed call when it cannot be stored: then the log tells', async () => {
    const { keyId, headers } = await addCaller({});
    await gateway.send({ path: USER, query: 'openid=o1', headers });
    await rig.dynamodb.close();
    later(10_000);
    for (const openid of ['o2', 'o3']) {
      const answer = await gateway.send({ path: USER, query: `openid=${openid}`, headers });
      expect(answer.json()).toMatchObject({ openid });
    }
    const told = rig.lines.filter((line) => line.includes('key-use-not-noted'));
    expect(told.map((line): unknown => JSON.parse(line))).toEqual([expect.objectContaining({ level: 'WARN', keyId })]);
  });
});

import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import type { QuotaRule } from '#shared/quota/quota-rule.ts';
import { KEY_PREFIX } from '#shared/table/keys.ts';
import { type GatewayOnSockets, type SocketAnswer, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, type RigCall, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { problemIn, wechatErrorIn } from './expected-answers.ts';
import { createStillClock, type StillClock } from './still-clock.ts';

const USER = '/cgi-bin/user/info';
const SEND = '/cgi-bin/message/custom/send';
/** 13:00:18 in UTC+8 on 2026-11-20. */
const START = Date.UTC(2026, 10, 20, 5, 0, 18);
const DAY_MS = 86_400_000;
const account = simulatedAccount();
const other = simulatedAccount();
const { appId } = account;

let clock: StillClock;
let rig: Rig;
let gateway: GatewayOnSockets;
/** With grants for the first account alone. */
let authorization: string;

beforeEach(async () => {
  // Pauses are waited for a hundredth of their time.
  clock = createStillClock(START, 0.01);
  rig = await startRig({ accounts: [account, other], clock });
  await rig.refreshEnvironment().invoke({});
  gateway = await startGatewayOnSockets(rig);
  ({ authorization } = await addCaller(rig, { grants: [{ appId, allow: ['/*'] }] }));
});
afterEach(async () => {
  await gateway.close();
  await rig.close();
});

const later = (durationMs: number) => clock.set(clock.now() + durationMs);
const ask = (path: string, query = '', headers = { authorization }) => gateway.send({ path, query, headers });
const getUser = (headers = { authorization }) => ask(USER, 'openid=o1', headers);
const sendMessage: () => Promise<SocketAnswer> = () =>
  gateway.send({ method: 'POST', path: SEND, headers: { authorization }, body: MESSAGE });
const MESSAGE = JSON.stringify({ touser: 'o1', msgtype: 'text', text: { content: 'hi' } });
const share = async (rule: QuotaRule) => {
  const entered = await rig.accounts.get(appId);
  if (entered !== undefined) await rig.accounts.put({ ...entered, quotaRules: [rule] });
};

interface UsageDocument {
  readonly timeZone: string;
  readonly days: readonly { readonly date: string; readonly accounts: readonly Record<string, unknown>[] }[];
}
/** Flushes what the environment holds and waits until nobody remembers the sums of before. */
const settledDocument = async (path: string, query = '', headers = { authorization }) => {
  later(5_000);
  await ask('/gateway/health', '', headers);
  later(60_000);
  // The document's own shape, which the tests look at.
  return (await ask(path, query, headers)).json() as unknown as UsageDocument;
};
const callsBy = ({ days }: UsageDocument) => days.map(({ date, accounts: [first] }) => [date, first?.['endpoints']]);
const busy = (times: number, path = USER) => rig.simulator.faults.add({ kind: 'errcode', errcode: -1, path, times });
const reserving = async () =>
  (await addCaller(rig, { grants: [{ appId, allow: ['/*', 'quota:reserve'] }] })).authorization;

describe('GET /gateway/usage', () => {
  it('tells a caller by account and endpoint what it did today, and nothing of others', async () => {
    await getUser();
    await gateway.send({ path: USER, query: 'openid=o1', headers: { 'x-wechat-appid': appId } });
    rig.simulator.faults.add({ kind: 'errcode', errcode: 40003, path: SEND });
    await sendMessage();
    await sendMessage();
    expect(await settledDocument('/gateway/usage')).toEqual({
      timeZone: 'UTC+8',
      days: [
        {
          date: '2026-11-20',
          accounts: [
            {
              appId,
              endpoints: [
                {
                  endpoint: USER,
                  calls: 1,
                  errors: 0,
                  refused: 0,
                  requestBytes: 0,
                  answerBytes: expect.any(Number),
                  share: null,
                },
                {
                  endpoint: SEND,
                  calls: 2,
                  errors: 1,
                  refused: 0,
                  requestBytes: 2 * MESSAGE.length,
                  answerBytes: expect.any(Number),
                  share: null,
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('counts logins, tickets and replays of a refused token as they went up', async () => {
    rig.simulator.account(appId).killCurrentToken();
    await getUser();
    await ask('/cgi-bin/ticket/getticket', 'type=jsapi');
    await ask('/cgi-bin/ticket/getticket', 'type=jsapi');
    const callerKey = authorization.slice('Bearer '.length);
    await gateway.send({
      path: '/sns/jscode2session',
      query: `appid=${appId}&secret=${callerKey}&js_code=none&grant_type=authorization_code`,
      headers: { authorization: '' },
    });
    const [today] = (await settledDocument('/gateway/usage')).days;
    const [{ endpoints } = {}] = today?.accounts ?? [];
    expect(endpoints).toMatchObject([
      { endpoint: USER, calls: 2, errors: 1 },
      { endpoint: '/cgi-bin/ticket/getticket', calls: 1, errors: 0 },
      { endpoint: '/sns/jscode2session', calls: 1, errors: 0 },
    ]);
  });

  it('rolls over at midnight in UTC+8, and tells a single day or several', async () => {
    await getUser();
    later(DAY_MS / 2);
    await getUser();
    await getUser();
    const [two, one] = [expect.objectContaining({ calls: 2 }), expect.objectContaining({ calls: 1 })];
    expect(callsBy(await settledDocument('/gateway/usage', 'days=3'))).toEqual([
      ['2026-11-21', [two]],
      ['2026-11-20', [one]],
      ['2026-11-19', []],
    ]);
    expect(callsBy(await settledDocument('/gateway/usage', 'date=2026-11-20'))).toEqual([['2026-11-20', [one]]]);
    later(3 * DAY_MS);
    expect(callsBy(await settledDocument('/gateway/usage', 'date=2026-11-20'))).toEqual([['2026-11-20', [one]]]);
  });

  it.each(['date=2026-11-21', 'days=32'])('refuses %s with what would do', async (query) => {
    for (const path of ['/gateway/usage', '/gateway/errors']) {
      const answer = await ask(path, query);
      expect(problemIn(answer)).toEqual([400, 'malformed-usage-query']);
      expect(answer.json()['detail']).toContain('date=YYYY-MM-DD');
    }
  });

  it('is only for who shows a credential', async () => {
    expect(problemIn(await ask('/gateway/usage', '', { authorization: '' }))).toEqual([401, 'no-credential']);
    expect(problemIn(await ask('/gateway/errors', '', { authorization: '' }))).toEqual([401, 'no-credential']);
  });

  it('says when the table cannot be reached', async () => {
    await getUser();
    await rig.dynamodb.close();
    expect(problemIn(await ask('/gateway/usage'))).toEqual([503, 'table-unreachable']);
  });
});

describe('GET /gateway/errors', () => {
  it("tells WeChat's errcodes with what to do, and the gateway's own refusals", async () => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 40003, path: SEND, times: 2 });
    rig.simulator.faults.add({ kind: 'status', status: 502, path: SEND });
    rig.simulator.faults.add({ kind: 'reset', path: SEND });
    for (let call = 0; call < 4; call += 1) await sendMessage();
    await share({ endpoint: USER, eachPercent: 1, calls: 100 });
    later(60_000);
    await getUser();
    expect(wechatErrorIn(await getUser())).toEqual([45009, 'endpoint-share']);
    const [today] = (await settledDocument('/gateway/errors')).days;
    expect(today).toEqual({
      date: '2026-11-20',
      accounts: [
        {
          appId,
          fromWechat: [
            {
              endpoint: SEND,
              error: '40003',
              errcode: 40003,
              count: 2,
              meaning: 'invalid openid',
              advice: expect.stringContaining('openid'),
            },
            {
              endpoint: SEND,
              error: 'http-502',
              errcode: null,
              count: 1,
              meaning: expect.stringContaining('HTTP error'),
              advice: expect.stringContaining('before repeating'),
            },
            {
              endpoint: SEND,
              error: 'no-answer',
              errcode: null,
              count: 1,
              meaning: expect.stringContaining('no whole answer'),
              advice: expect.stringContaining('before repeating'),
            },
          ],
          fromGateway: [
            { endpoint: SEND, cause: 'upstream-broke', errcode: 990504, count: 1, errmsg: expect.any(String) },
            {
              endpoint: USER,
              cause: 'endpoint-share',
              errcode: 45009,
              count: 1,
              errmsg: expect.stringContaining('UTC+8'),
            },
          ],
        },
      ],
    });
  });

  it('tells of more errcodes than are counted by name that the operator knows them', async () => {
    for (let code = 0; code < 31; code += 1) {
      rig.simulator.faults.add({ kind: 'errcode', errcode: 47_000 + code, path: USER });
      await getUser();
    }
    const [today] = (await settledDocument('/gateway/errors')).days;
    const told = today?.accounts[0]?.['fromWechat'];
    expect(told).toHaveLength(31);
    expect(told).toContainEqual({
      endpoint: USER,
      error: 'other',
      errcode: null,
      count: 1,
      meaning: expect.stringContaining('counted together'),
      advice: expect.stringContaining('operator'),
    });
  });
});

describe('what WeChat is too busy for', () => {
  it('is asked for again where that only reads, twice at most', async () => {
    busy(2);
    expect((await getUser()).json()).toMatchObject({ openid: 'o1' });
    expect(rig.simulator.log.count(USER)).toBe(3);
    busy(9);
    expect((await getUser()).json()).toMatchObject({ errcode: -1 });
    expect(rig.simulator.log.count(USER)).toBe(6);
  });

  it('is not asked for again where it may have been carried out', async () => {
    busy(1, SEND);
    expect((await sendMessage()).json()).toMatchObject({ errcode: -1 });
    expect(rig.simulator.log.count(SEND)).toBe(1);
  });

  it('is not asked for again past the limits: a repetition is a call', async () => {
    await share({ endpoint: USER, calls: 100, eachPercent: 2 });
    busy(9);
    expect((await getUser()).json()).toMatchObject({ errcode: -1 });
    expect(rig.simulator.log.count(USER)).toBe(2);
    expect(wechatErrorIn(await getUser())).toEqual([45009, 'endpoint-share']);
  });

  it("ends with WeChat's own word when nobody can say whether the limits have room for a repetition", async () => {
    await share({ endpoint: USER, calls: 1_000, eachPercent: 50 });
    // The second call reserves one more than it takes.
    await getUser();
    await getUser();
    await rig.dynamodb.close();
    busy(9);
    const answer = await getUser();
    expect(answer.json()).toMatchObject({ errcode: -1, errmsg: expect.stringContaining('rid') });
    expect(answer.headers).not.toHaveProperty('x-gateway-error');
    expect(rig.simulator.log.count(USER)).toBe(3);
  });
});

describe('45011', () => {
  it("comes with the seconds to the next minute, WeChat's and ours", async () => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 45011, path: USER });
    const fromWechat = await getUser();
    expect(fromWechat.json()).toMatchObject({ errcode: 45011 });
    expect(fromWechat.headers['retry-after']).toBe('42');

    const caller = await rig.callers.get(rig.callerId);
    if (caller !== undefined) await rig.callers.put({ ...caller, limits: { perMinute: 1 } });
    const own: RigCall = { path: USER, query: 'openid=o1', headers: { 'x-wechat-appid': appId } };
    await gateway.send(own);
    const ours = await gateway.send(own);
    expect(wechatErrorIn(ours)).toEqual([45011, 'minute-limit']);
    expect(ours.headers['retry-after']).toBe('42');
  });

  it('is the only errcode that does', async () => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 45009, path: USER });
    expect((await getUser()).headers).not.toHaveProperty('retry-after');
  });
});

describe('a shared quota', () => {
  it('stops before the reserve for all but those with quota:reserve, in every environment, until midnight', async () => {
    await share({ endpoint: USER, calls: 10, reservePercent: 30 });
    const priority = { authorization: await reserving() };
    const elsewhere = await startGatewayOnSockets(rig);
    for (let call = 0; call < 7; call += 1) expect((await getUser()).json()).toMatchObject({ openid: 'o1' });
    for (const { send } of [gateway, elsewhere]) {
      const answer = await send({ path: USER, query: 'openid=o1', headers: { authorization } });
      expect(wechatErrorIn(answer)).toEqual([45009, 'endpoint-reserve']);
      expect(answer.json()['errmsg']).toMatch(/resets at 00:00 UTC\+8.*operator grants quota:reserve/);
    }
    for (let call = 0; call < 5; call += 1) expect((await getUser(priority)).json()).toMatchObject({ openid: 'o1' });
    later(11 * 3_600_000);
    expect((await getUser()).json()).toMatchObject({ openid: 'o1' });
    await elsewhere.close();
  });

  it('counts what those with quota:reserve use, so that the others stop in time', async () => {
    await share({ endpoint: USER, calls: 10, reservePercent: 30 });
    const priority = { authorization: await reserving() };
    for (let call = 0; call < 7; call += 1) await getUser(priority);
    expect(wechatErrorIn(await getUser())).toEqual([45009, 'endpoint-reserve']);
  });

  it("is WeChat's own figure once that is learnt, less what other systems have used", async () => {
    await share({ endpoint: '*' });
    const learnt = createDynamoLearntQuotaStore(rig.dynamodbClient(), rig.tableName);
    await learnt.learn(appId, USER, { dailyLimit: 100, used: 93, counted: 0, at: clock.now() });
    expect((await getUser()).json()).toMatchObject({ openid: 'o1' });
    expect((await getUser()).json()).toMatchObject({ openid: 'o1' });
    expect(wechatErrorIn(await getUser())).toEqual([45009, 'endpoint-reserve']);
    // The next day nobody has told of other systems.
    later(DAY_MS);
    for (let call = 0; call < 3; call += 1) expect((await getUser()).json()).toMatchObject({ openid: 'o1' });
  });

  it('begins anew when the counters are cleared through the gateway', async () => {
    const { authorization: clearing } = await addCaller(rig, { grants: [{ appId, allow: ['quota:clear'] }] });
    await share({ endpoint: USER, calls: 2, reservePercent: 50 });
    await getUser();
    expect(wechatErrorIn(await getUser())).toEqual([45009, 'endpoint-reserve']);
    const body = JSON.stringify({ appid: appId });
    await gateway.send({ method: 'POST', path: '/cgi-bin/clear_quota', headers: { authorization: clearing }, body });
    later(60_000);
    expect((await getUser()).json()).toMatchObject({ openid: 'o1' });
    expect(wechatErrorIn(await getUser())).toEqual([45009, 'endpoint-reserve']);
  });

  it('reserves nothing for an account without rules', async () => {
    for (let call = 0; call < 3; call += 1) expect((await getUser()).json()).toMatchObject({ openid: 'o1' });
    const { Items } = await rig.dynamodbClient().send(
      new QueryCommand({
        TableName: rig.tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `${KEY_PREFIX.usage}${appId}` } },
      }),
    );
    expect(Items).toEqual([]);
  });

  it('is measured for the alarm after a flush', async () => {
    await share({ endpoint: USER, calls: 20 });
    await getUser();
    await settledDocument('/gateway/usage');
    const measured = rig.lines.flatMap((line) => /"QuotaUsedPercent":([\d.]+)/.exec(line)?.[1] ?? []);
    expect(measured).toEqual(['5']);
  });
});

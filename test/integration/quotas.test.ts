import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoClearQuotaAllowances } from '#shared/account/clear-quota-allowance.dynamodb.ts';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import { quotaEvent } from '#shared/quota/quota-request.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { simulatedAccount } from './callers.ts';
import { createStillClock, type StillClock } from './still-clock.ts';

const USER = '/cgi-bin/user/info';
const MENU = '/cgi-bin/menu/get';
const ASK = '/cgi-bin/openapi/quota/get';
const CLEAR = '/cgi-bin/clear_quota';
const CLEAR_V2 = '/cgi-bin/clear_quota/v2';
const CLEAR_ONE = '/cgi-bin/openapi/quota/clear';
/** 13:00:18 in UTC+8 on 2026-11-20. */
const START = Date.UTC(2026, 10, 20, 5, 0, 18);
const DAY_MS = 86_400_000;
const account = simulatedAccount();
const other = simulatedAccount();
const { appId } = account;

let clock: StillClock;
let rig: Rig;
let environment: ReturnType<Rig['callEnvironment']>;

beforeEach(async () => {
  // Pauses are waited for a hundredth of their time.
  clock = createStillClock(START, 0.01);
  rig = await startRig({ accounts: [account, other], clock });
  await rig.refreshEnvironment().invoke({});
  environment = rig.callEnvironment();
});
afterEach(() => rig.close());

const call = (path: string, id = appId) =>
  environment.call({ path, query: 'openid=o1', headers: { 'x-wechat-appid': id } });
/** Calls, and has the counts stored. */
const callAll = async (...paths: readonly string[]) => {
  for (const path of paths) await call(path);
  clock.set(clock.now() + 5_000);
  await environment.call({ path: '/gateway/health' });
};
/** The same, and has the environment look at the quotas a minute later. */
const callAndLook = async (times: number) => {
  await callAll(...Array.from({ length: times }, () => USER));
  clock.set(clock.now() + 61_000);
  await callAll();
};
/** What another system does with the account's token. */
const callElsewhere = async (path: string, times: number) => {
  const token = rig.simulator.account(appId).currentToken('stable') ?? '';
  for (let done = 0; done < times; done += 1) {
    await fetch(`${rig.simulator.origin}${path}?openid=o1&access_token=${token}`);
  }
};
const quotas = (event: unknown = {}) => rig.quotasEnvironment().invoke(event);
const learn = (endpoint?: string) => quotas(quotaEvent({ kind: 'learn', appId, endpoint }));
const clear = (endpoint?: string) => quotas(quotaEvent({ kind: 'clear', appId, endpoint }));
const stored = () => createDynamoLearntQuotaStore(rig.dynamodbClient(), rig.tableName).read(appId);
const clearsLeft = () => createDynamoClearQuotaAllowances(rig.dynamodbClient(), rig.tableName).left(appId, clock.now());
const askedFor = () =>
  rig.simulator.log.entries
    .filter(({ path }) => path === ASK)
    .map(({ body }) => String(JSON.parse(body.toString())['cgi_path']));
const fail = (path: string, errcode: number) => rig.simulator.faults.add({ kind: 'errcode', errcode, path });
const withQuota = async (calls: number) => {
  const entered = await rig.accounts.get(appId);
  if (entered !== undefined) await rig.accounts.put({ ...entered, quotaRules: [{ endpoint: USER, calls }] });
};

describe('learning quotas', () => {
  it('asks every account for what it called, and keeps what others used as the difference', async () => {
    await callElsewhere(USER, 4);
    await callAll(USER, USER, USER, MENU);
    expect(await quotas()).toEqual({ kind: 'learn-all', accounts: 2, failedAccounts: 0 });
    expect(askedFor()).toEqual([USER, MENU]);
    const at = clock.now();
    expect((await stored()).quotas).toEqual(
      new Map([
        [USER, { dailyLimit: 5_000_000, used: 7, counted: 3, at }],
        [MENU, { dailyLimit: 10_000, used: 1, counted: 1, at }],
      ]),
    );
    expect(rig.lines.filter((line) => line.includes('quota-told'))).toHaveLength(2);
  });

  it('asks each morning for what was called in the days before, and an operator only for today', async () => {
    await callAll(USER);
    clock.set(START + DAY_MS);
    await rig.refreshEnvironment().invoke({});
    expect(await learn()).toEqual({ kind: 'learn', appId, endpoints: [], notAsked: 0 });
    await quotas();
    expect((await stored()).quotas.get(USER)).toMatchObject({ used: 0, counted: 0 });
  });

  it('keeps the limit by the minute where WeChat names one', async () => {
    const answer = { errcode: 0, quota: { daily_limit: 10, used: 4, remain: 6 } };
    const body = JSON.stringify({ ...answer, rate_limit: { call_count: 5, refresh_second: 60 } });
    rig.simulator.faults.add({ kind: 'body', body, path: ASK });
    await learn(USER);
    expect((await stored()).quotas.get(USER)).toMatchObject({ dailyLimit: 10, rateLimit: { calls: 5, seconds: 60 } });
  });

  it('goes on after an endpoint that has no quota, and ends with what is about the account', async () => {
    await callAll(USER, USER, MENU);
    fail(ASK, 76021);
    expect(await learn()).toMatchObject({
      endpoints: [
        { endpoint: USER, outcome: 'without-quota', errcode: 76021 },
        { endpoint: MENU, outcome: 'learnt' },
      ],
    });
    fail(ASK, 48001);
    expect(await learn()).toMatchObject({
      endpoints: [{ endpoint: USER, outcome: 'failed', cause: 'errcode 48001' }],
      notAsked: 1,
    });
    fail(ASK, 48001);
    expect(await quotas()).toEqual({ kind: 'learn-all', accounts: 2, failedAccounts: 1 });
  });

  it('heals a refused token and asks once more', async () => {
    await callAll(USER);
    rig.simulator.account(appId).killCurrentToken();
    expect(await learn()).toMatchObject({ endpoints: [{ endpoint: USER, outcome: 'learnt' }] });
    expect(askedFor()).toEqual([USER, USER]);
  });

  it('never asks for more than the 30 busiest', async () => {
    const paths = Array.from({ length: 19 }, (_, index) => `/cgi-bin/made/up${index}`);
    const known = ['menu/get', 'tags/get', 'get_current_selfmenu_info', 'user/get', 'material/get_materialcount'];
    const more = ['draft/count', 'account/getaccountbasicinfo', 'customservice/getkflist', 'qrcode/create'];
    const others = [...known, ...more, 'tags/create', 'menu/create', 'user/info'].map((name) => `/cgi-bin/${name}`);
    await callAll(...paths, ...others, USER);
    expect(await learn()).toMatchObject({ notAsked: 1 });
    expect(askedFor()).toHaveLength(30);
    expect(askedFor()[0]).toBe(USER);
  });
});

describe('a quota that our own calls have used by more than 70 %', () => {
  it('is learnt from WeChat beside a call, once a day', async () => {
    await withQuota(10);
    await callAndLook(7);
    expect(askedFor()).toEqual([]);
    await callAndLook(1);
    expect(askedFor()).toEqual([USER]);
    expect((await stored()).quotas.get(USER)).toMatchObject({ used: 8, counted: 8 });
    await callAndLook(1);
    environment = rig.callEnvironment();
    await callAndLook(1);
    expect(askedFor()).toEqual([USER]);
  });
});

describe('the use of a quota', () => {
  it('is measured by what WeChat has told, also where no rule shares it out', async () => {
    const learnt = createDynamoLearntQuotaStore(rig.dynamodbClient(), rig.tableName);
    await learnt.learn(appId, USER, { dailyLimit: 10, used: 3, counted: 0, at: clock.now() });
    await callAndLook(2);
    expect(rig.lines.flatMap((line) => /"QuotaUsedPercent":([\d.]+)/.exec(line)?.[1] ?? [])).toContain('50');
  });
});

describe('clearing for an operator', () => {
  it('sets all counters back by access token, and ours with them', async () => {
    await callAll(USER, USER);
    expect(await clear()).toEqual({ kind: 'clear', outcome: 'cleared', by: 'access-token' });
    expect(await clearsLeft()).toEqual({ all: 9, endpoint: 50 });
    expect((await stored()).clearedAt).toBe(clock.now());
    await learn(USER);
    expect((await stored()).quotas.get(USER)?.used).toBe(0);
  });

  it('sets one endpoint back with an allowance of its own', async () => {
    await callAll(USER, MENU);
    expect(await clear(USER)).toEqual({ kind: 'clear', outcome: 'cleared', by: 'access-token' });
    expect(await clearsLeft()).toEqual({ all: 10, endpoint: 49 });
    expect((await stored()).clearedEndpoints).toEqual(new Map([[USER, clock.now()]]));
    await learn(MENU);
    expect((await stored()).quotas.get(MENU)?.used).toBe(1);
  });

  it('goes by app secret when WeChat issues no token any more', async () => {
    rig.simulator.account(appId).killCurrentToken();
    rig.simulator.faults.add({ kind: 'errcode', errcode: 45009, path: /token$/, times: Number.POSITIVE_INFINITY });
    expect(await clear()).toEqual({ kind: 'clear', outcome: 'cleared', by: 'app-secret' });
    expect(rig.simulator.log.count(CLEAR_V2)).toBe(1);
    expect(await clearsLeft()).toEqual({ all: 9, endpoint: 50 });
    expect(await clear(USER)).toEqual({ kind: 'clear', outcome: 'not-sent', cause: 'no-token' });
    expect(await clearsLeft()).toEqual({ all: 9, endpoint: 50 });
  });

  it('counts no clear that WeChat refused, and one that it may have done', async () => {
    fail(CLEAR, 48006);
    expect(await clear()).toEqual({ kind: 'clear', outcome: 'refused', errcode: 48006 });
    expect(await clearsLeft()).toMatchObject({ all: 10 });
    rig.simulator.faults.add({ kind: 'reset', path: CLEAR_ONE, when: 'after' });
    expect(await clear(USER)).toMatchObject({ kind: 'clear', outcome: 'unknown' });
    expect(rig.simulator.log.count(CLEAR_ONE)).toBe(1);
    fail(CLEAR_ONE, -1);
    expect(await clear(USER)).toEqual({ kind: 'clear', outcome: 'unknown', cause: 'errcode -1' });
    rig.simulator.faults.add({ kind: 'body', body: '{}', path: CLEAR_ONE });
    expect(await clear(USER)).toEqual({ kind: 'clear', outcome: 'unknown', cause: 'http-200 without an errcode' });
    expect(await clearsLeft()).toEqual({ all: 10, endpoint: 47 });
    expect((await stored()).clearedEndpoints).toEqual(new Map());
  });

  it('sends nothing once the month is used up', async () => {
    for (let done = 0; done < 10; done += 1) await clear();
    expect(await clear()).toEqual({ kind: 'clear', outcome: 'allowance-used-up' });
    expect(rig.simulator.log.count(CLEAR)).toBe(10);
  });
});

describe('looking up a rid', () => {
  it('tells what WeChat has recorded, without the token', async () => {
    fail(USER, 40003);
    const rid = /rid: ([0-9a-f-]+)/.exec((await call(USER)).text)?.[1] ?? '';
    expect(await quotas(quotaEvent({ kind: 'rid', appId, rid }))).toEqual({
      kind: 'rid',
      outcome: 'found',
      request: {
        at: START,
        tookMs: 30,
        url: 'access_token=[removed by the gateway]&openid=o1',
        body: '',
        answer: expect.stringContaining('40003'),
        clientIp: '127.0.0.1',
      },
    });
    const byOther = quotaEvent({ kind: 'rid', appId: other.appId, rid });
    expect(await quotas(byOther)).toEqual({ kind: 'rid', outcome: 'refused', errcode: 76003 });
  });

  it('says why there is no answer', async () => {
    const event = quotaEvent({ kind: 'rid', appId, rid: '1-2-3' });
    rig.simulator.faults.add({ kind: 'html', path: '/cgi-bin/openapi/rid/get' });
    expect(await quotas(event)).toEqual({ kind: 'rid', outcome: 'failed', cause: 'odd-answer' });
    const unknown = quotaEvent({ kind: 'rid', appId: 'wx1', rid: '1-2-3' });
    expect(await quotas(unknown)).toEqual({ kind: 'rid', outcome: 'failed', cause: 'unknown-account' });
  });
});

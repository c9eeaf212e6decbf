import { describe, expect, it } from 'vitest';
import type { Caller } from '#shared/caller/caller.ts';
import { NOTHING_LEARNT } from '#shared/quota/learnt-quotas.ts';
import { callsOfOthers, knownQuota, type QuotaPlan, quotaPlan } from '#shared/quota/quota-plan.ts';
import { isQuotaRule, type QuotaRule } from '#shared/quota/quota-rule.ts';
import { quotaUses } from '#shared/quota/quota-use.ts';
import { quotaWindows, shareOfCaller } from '#shared/quota/quota-windows.ts';
import { createUsageTally } from '#shared/usage/usage-tally.ts';

const APP_ID = 'wx1';
const USER = '/cgi-bin/user/info';
const UNKNOWN = '/cgi-bin/not/known';
/** 13:00 in UTC+8. */
const NOW = Date.UTC(2026, 10, 20, 5);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIDNIGHT = Date.UTC(2026, 10, 20, 16);

const planOf = (rules: readonly QuotaRule[], changes: Partial<QuotaPlan> = {}): QuotaPlan => ({
  ...quotaPlan({ testAccount: false, quotaRules: rules }, NOTHING_LEARNT),
  ...changes,
});
const callerWith = (changes: Partial<Pick<Caller, 'grants' | 'shares'>> = {}) => ({
  id: 'caller01',
  grants: [{ appId: APP_ID, allow: ['/*'] }],
  ...changes,
});
const learnt = (dailyLimit: number, used = 0, counted = 0, at = NOW) => ({
  quotas: new Map([[USER, { dailyLimit, used, counted, at }]]),
});
const windows = (plan: QuotaPlan, caller = callerWith(), endpoint = USER) =>
  quotaWindows(plan, { caller, appId: APP_ID, endpoint }, NOW);
const open = (plan: QuotaPlan) => windows(plan).map(({ share, usedUp }) => [share, usedUp]);

describe("an endpoint's quota", () => {
  it("is the operator's figure, else WeChat's, else the documented one", () => {
    expect(knownQuota(planOf([]), USER)).toEqual({ calls: 5_000_000, source: 'documentation' });
    expect(knownQuota(planOf([], learnt(7)), USER)).toEqual({ calls: 7, source: 'wechat' });
    expect(knownQuota(planOf([{ endpoint: USER, calls: 3 }], learnt(7)), USER)).toEqual({
      calls: 3,
      source: 'operator',
    });
  });

  it("is a test account's where it is one, and unknown where nobody tells", () => {
    const test = planOf([], { testAccount: true });
    expect(knownQuota(test, USER)).toEqual({ calls: 500_000, source: 'documentation' });
    expect(knownQuota(test, '/cgi-bin/draft/add')).toBeUndefined();
    expect(knownQuota(planOf([]), UNKNOWN)).toBeUndefined();
  });
});

describe('calls of other systems', () => {
  it('are what WeChat counted more than we had, today and since the last clear', () => {
    expect(callsOfOthers(planOf([], learnt(100, 30, 10)), USER, NOW)).toBe(20);
    expect(callsOfOthers(planOf([], learnt(100, 10, 30)), USER, NOW)).toBe(0);
    expect(callsOfOthers(planOf([], learnt(100, 30, 10)), USER, NOW + DAY_MS)).toBe(0);
    expect(callsOfOthers(planOf([], { ...learnt(100, 30, 10), clearedAt: NOW + 1 }), USER, NOW + 2)).toBe(0);
    expect(callsOfOthers(planOf([]), USER, NOW)).toBe(0);
  });
});

describe('the windows of a shared quota', () => {
  it('are none where nothing is configured, or the quota is unknown', () => {
    expect(windows(planOf([]))).toEqual([]);
    expect(windows(planOf([{ endpoint: '*' }]), callerWith(), UNKNOWN)).toEqual([]);
    expect(windows(planOf([{ endpoint: '/cgi-bin/menu/get' }]))).toEqual([]);
  });

  it('leave a reserve of 5 percent, or as much as the rule says, and take off what others used', () => {
    expect(open(planOf([{ endpoint: USER, calls: 1_000 }]))).toEqual([[950, 'endpoint-reserve']]);
    expect(open(planOf([{ endpoint: '*', reservePercent: 20 }], learnt(1_000)))).toEqual([[800, 'endpoint-reserve']]);
    expect(open(planOf([{ endpoint: '*' }], learnt(1_000, 100, 0)))).toEqual([[850, 'endpoint-reserve']]);
    expect(open(planOf([{ endpoint: '*' }], learnt(1_000, 5_000, 0)))).toEqual([[0, 'endpoint-reserve']]);
    expect(open(planOf([{ endpoint: USER, calls: 10 }]))).toEqual([[9, 'endpoint-reserve']]);
  });

  it('have no end for who may use the reserve, but the same count', () => {
    const reserving = callerWith({ grants: [{ appId: APP_ID, allow: ['quota:reserve'] }] });
    const plan = planOf([{ endpoint: USER, calls: 1_000 }]);
    const [theirs] = windows(plan, reserving);
    const [others] = windows(plan);
    expect(theirs).toMatchObject({ id: others?.id, owner: APP_ID, share: Number.MAX_SAFE_INTEGER, blocksOf: 1_000 });
    expect(theirs?.of).not.toBe(others?.of);
    const elsewhere = callerWith({ grants: [{ appId: 'wx2', allow: ['quota:reserve'] }] });
    expect(windows(plan, elsewhere)).toEqual([others]);
  });

  it('begin a new count with the day and with a clear of it', () => {
    const id = (plan: QuotaPlan, now = NOW) =>
      quotaWindows(plan, { caller: callerWith(), appId: APP_ID, endpoint: USER }, now)[0]?.id;
    const rules = [{ endpoint: USER }];
    expect(id(planOf(rules))).toBe(`QUOTA#20261120#${USER}`);
    expect(id(planOf(rules), MIDNIGHT)).toBe(`QUOTA#20261121#${USER}`);
    expect(id(planOf(rules, { clearedAt: NOW - 5 }))).toBe(`QUOTA#20261120#${USER}#${NOW - 5}`);
    expect(id(planOf(rules, { clearedEndpoints: new Map([[USER, NOW - 3]]), clearedAt: NOW - 5 }))).toBe(
      `QUOTA#20261120#${USER}#${NOW - 3}`,
    );
    expect(id(planOf(rules, { clearedAt: NOW - DAY_MS }))).toBe(`QUOTA#20261120#${USER}`);
  });

  it("hold a caller to its own share, else to each caller's part of the quota", () => {
    const share = (plan: QuotaPlan, caller = callerWith(), endpoint = USER) =>
      shareOfCaller(plan, { caller, appId: APP_ID, endpoint });
    const own = callerWith({ shares: [{ appId: APP_ID, endpoint: USER, calls: 7 }] });
    const each = planOf([{ endpoint: USER, calls: 1_000, eachPercent: 10 }]);
    expect(share(planOf([]))).toBeUndefined();
    expect(share(planOf([]), own)).toBe(7);
    expect(share(each)).toBe(100);
    expect(share(each, own)).toBe(7);
    expect(share(each, own, '/cgi-bin/menu/get')).toBeUndefined();
    expect(share(planOf([{ endpoint: USER, calls: 3, eachPercent: 10 }]))).toBe(1);
    expect(windows(planOf([]), own)).toEqual([
      {
        owner: 'caller01',
        id: `SHARE#20261120#${APP_ID}#${USER}`,
        of: `${APP_ID} ${USER}`,
        endsAt: MIDNIGHT,
        share: 7,
        usedUp: 'endpoint-share',
      },
    ]);
  });
});

describe('a rule', () => {
  it.each<[boolean, QuotaRule]>([
    [true, { endpoint: USER }],
    [true, { endpoint: '*', reservePercent: 5, eachPercent: 100 }],
    [true, { endpoint: USER, calls: 1, reservePercent: 100 }],
    [false, { endpoint: '*', calls: 10 }],
    [false, { endpoint: 'user/info' }],
    [false, { endpoint: USER, reservePercent: 4 }],
    [false, { endpoint: USER, reservePercent: 101 }],
    [false, { endpoint: USER, eachPercent: 0 }],
    [false, { endpoint: USER, calls: 0 }],
    [false, { endpoint: USER, calls: 1.5 }],
  ])('is one, %s: %j', (is, rule) => {
    expect(isQuotaRule(rule)).toBe(is);
  });
});

describe('how far quotas are used', () => {
  const usage = (() => {
    const tally = createUsageTally();
    const none = { errors: 0, refused: 0, requestBytes: 0, answerBytes: 0, errcodes: {}, refusals: {} };
    const add = (endpoint: string, calls: number, hour: number) =>
      tally.add({ caller: 'caller01', endpoint, calls, hour, ...none });
    add(USER, 10, 11);
    add(USER, 30, 12);
    add('/cgi-bin/menu/get', 5_000, 12);
    add(UNKNOWN, 99, 12);
    return tally.usage();
  })();

  it('is told the fullest first, others added, unknown quotas left out', () => {
    expect(quotaUses(usage, planOf([], learnt(100, 25, 5)), NOW)).toEqual([
      { endpoint: USER, quota: { calls: 100, source: 'wechat' }, calls: 40, others: 20, usedPercent: 60 },
      {
        endpoint: '/cgi-bin/menu/get',
        quota: { calls: 10_000, source: 'documentation' },
        calls: 5_000,
        others: 0,
        usedPercent: 50,
      },
    ]);
  });

  it('counts from the hour of the last clear on', () => {
    const cleared = { clearedEndpoints: new Map([[USER, NOW - HOUR_MS / 2]]) };
    const [, user] = quotaUses(usage, planOf([{ endpoint: USER, calls: 100 }], cleared), NOW);
    expect(user).toMatchObject({ endpoint: USER, calls: 30, usedPercent: 30 });
  });
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import type { QuotaRule } from '#shared/quota/quota-rule.ts';
import { createTableInput } from '#shared/table/table-definition.dynamodb.ts';
import { callsByEndpoint } from '#shared/usage/day-usage.ts';
import { createDynamoUsageStore } from '#shared/usage/usage-store.dynamodb.ts';
import { quotaDay } from '#shared/wechat/quota-day.ts';
import type { Upstream } from '#shared/wechat/upstream.ts';
import { startEmbeddedDynamodb } from '../../infra/local/embedded-dynamodb.ts';
import type { LoopbackServer } from '../../infra/local/loopback-server.ts';
import { type Play, startCuttingProxy } from '../contract/cutting-proxy.ts';
import { type CountedCaller, countedCaller, createCountingEnvironment } from '../counting-environment.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';

const TABLE = 'gateway';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Midnight in UTC+8, between the 20th and the 21st. */
const MIDNIGHT = Date.UTC(2026, 10, 20, 16);
const ENVIRONMENTS = 5;
const USER = '/cgi-bin/user/info';

let engine: LoopbackServer;
let client: DynamoDBClient;
let writes = 0;

beforeAll(async () => {
  engine = await startEmbeddedDynamodb({ table: createTableInput(TABLE) });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: engine.endpoint, region: 'us-east-1', credentials });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (request) => {
        if (/^(Put|Update|Delete|Batch|Transact)/.test(commandName)) writes += 1;
        return next(request);
      },
    { step: 'initialize' },
  );
});
afterAll(async () => {
  client.destroy();
  await engine.close();
});

/** WeChat as far as counting goes: a log of what came up, and a quota a day of each endpoint. */
function createWechat(clock: MovableClock, quota = Number.POSITIVE_INFINITY) {
  const log = new Map<string, number>();
  const add = (name: string) => log.set(name, (log.get(name) ?? 0) + 1);
  const upstream: Upstream = {
    async call({ path }) {
      const day = quotaDay(clock.now());
      add(day);
      add(`${day} ${path}`);
      const errcode = (log.get(`${day} ${path}`) ?? 0) > quota ? 45009 : path.endsWith('/template/send') ? 40003 : 0;
      return { status: 200, headers: [], body: Buffer.from(JSON.stringify({ errcode })), origin: 'https://wechat' };
    },
  };
  return { upstream, count: (name: string) => log.get(name) ?? 0 };
}

const storedUsage = async (appId: string, day: string) =>
  (await createDynamoUsageStore(client, TABLE).sum(appId, day)).usage;

async function addAccount(appId: string, quotaRules: readonly QuotaRule[]): Promise<void> {
  const accounts = createDynamoAccountStore(client, TABLE);
  await accounts.put({ appId, displayName: appId, mode: 'stable', testAccount: false, addedAt: 0, quotaRules });
}

const total = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0);

describe('two hundred thousand calls by twenty callers over five environments, with no timer between them', () => {
  it('are counted within 1 % by fewer than 0.02 writes a call, and to the last one for a day that is over', async () => {
    const CALLS = 200_000;
    const PATHS = [USER, '/cgi-bin/message/template/send', '/cgi-bin/menu/get'];
    const appId = 'wxaaaaaaaaaaaaaaaa';
    // Twenty calls a second and environment; the day ends in the middle.
    const clock = createMovableClock(MIDNIGHT - (CALLS / 100 / 2) * 1_000);
    const wechat = createWechat(clock);
    const callers = Array.from({ length: 20 }, () => countedCaller(appId));
    const parts = { client, tableName: TABLE, clock, callers, upstream: wechat.upstream };
    const environments = Array.from({ length: ENVIRONMENTS }, () => createCountingEnvironment(parts));
    const made = new Map<string, number>();
    writes = 0;
    for (let call = 0; call < CALLS; call += 1) {
      clock.set(clock.now() + 10);
      const by = callers[(call * 7) % callers.length] as CountedCaller;
      made.set(by.caller.id, (made.get(by.caller.id) ?? 0) + 1);
      const environment = environments[call % ENVIRONMENTS];
      await environment?.call({ path: PATHS[call % PATHS.length] ?? USER }, by.key);
    }
    expect(writes / CALLS).toBeLessThan(0.02);

    const before = await storedUsage(appId, '20261120');
    const after = await storedUsage(appId, '20261121');
    for (const path of PATHS) {
      expect(callsByEndpoint(before).get(path)).toBe(wechat.count(`20261120 ${path}`));
      const counted = callsByEndpoint(after).get(path) ?? 0;
      const came = wechat.count(`20261121 ${path}`);
      expect(counted).toBeLessThanOrEqual(came);
      expect(counted).toBeGreaterThan(came * 0.99);
    }
    for (const { caller } of callers) {
      const rows = [...before.rows, ...after.rows].filter((row) => row.caller === caller.id);
      const counted = total(rows.map(({ calls }) => calls));
      expect(counted).toBeLessThanOrEqual(made.get(caller.id) ?? 0);
      expect(counted).toBeGreaterThan((made.get(caller.id) ?? 0) * 0.99);
    }
    const failed = wechat.count('20261120 /cgi-bin/message/template/send');
    expect(total(before.rows.map(({ errcodes }) => errcodes['40003'] ?? 0))).toBe(failed);
    expect(before.hours['23']).toMatchObject({
      calls: wechat.count('20261120'),
      errors: failed,
      errcodes: { 40003: failed },
    });
    expect(Object.keys(after.hours)).toEqual(['0']);
  });
});

describe('an environment that is killed', () => {
  it('takes no more than 5 s of its counts with it', async () => {
    const appId = 'wxbbbbbbbbbbbbbbbb';
    const clock = createMovableClock();
    const wechat = createWechat(clock);
    const { caller, key } = countedCaller(appId);
    const environment = () =>
      createCountingEnvironment({
        client,
        tableName: TABLE,
        clock,
        callers: [{ caller, key }],
        upstream: wechat.upstream,
      });
    let lives = environment();
    for (let call = 0; call < 3_000; call += 1) {
      clock.set(clock.now() + 100);
      // Ten lives of thirty seconds and a bit.
      if (call % 311 === 310) lives = environment();
      await lives.call({ path: USER }, key);
    }
    const counted = callsByEndpoint(await storedUsage(appId, '20261120')).get(USER) ?? 0;
    expect(counted).toBeLessThanOrEqual(3_000);
    expect(counted).toBeGreaterThanOrEqual(3_000 - 10 * 51);
  });
});

describe('a flush whose answer is lost', () => {
  it('is repeated, and nothing is counted twice', async () => {
    const appId = 'wxdddddddddddddddd';
    const LOSSES: readonly Play[] = ['lose-answer', 'status-500', 'half-answer', 'lose-request'];
    const proxy = await startCuttingProxy(engine.endpoint);
    const cut = new DynamoDBClient({
      endpoint: proxy.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 2,
    });
    const clock = createMovableClock();
    const wechat = createWechat(clock);
    const { caller, key } = countedCaller(appId);
    const environment = createCountingEnvironment({
      client: cut,
      tableName: TABLE,
      clock,
      callers: [{ caller, key }],
      upstream: wechat.upstream,
    });
    const counted = async () => callsByEndpoint(await storedUsage(appId, '20261120')).get(USER) ?? 0;
    await environment.call({ path: USER }, key);
    let lost = 0;
    for (let flush = 0; flush < 12; flush += 1) {
      const loss = LOSSES[flush % LOSSES.length] ?? 'pass';
      clock.set(clock.now() + 5_000);
      const sent = wechat.count(`20261120 ${USER}`);
      // The first try alone, or the repetition too: then the next flush stores what this one could not.
      proxy.play(loss, ...(flush % 3 === 0 ? [loss] : []));
      await environment.call({ path: USER }, key);
      lost += proxy.requests > 1 ? 1 : 0;
      proxy.play();
      expect(await counted()).toBeLessThanOrEqual(sent);
    }
    expect(lost).toBe(12);
    clock.set(clock.now() + 5_000);
    await environment.call({ path: USER }, key);
    expect(await counted()).toBe(wechat.count(`20261120 ${USER}`) - 1);
    cut.destroy();
    await proxy.close();
  });
});

describe('one of five callers that runs wild at fifty times its share', () => {
  it('leaves the others their shares, and the quota lasts to midnight, where everything begins anew once', async () => {
    const QUOTA = 1_000;
    const SHARE = 190;
    const appId = 'wxcccccccccccccccc';
    await addAccount(appId, [{ endpoint: USER, calls: QUOTA, eachPercent: 19 }]);
    const clock = createMovableClock(MIDNIGHT - DAY_MS + 1);
    const wechat = createWechat(clock, QUOTA);
    const callers = Array.from({ length: 5 }, () => countedCaller(appId));
    const wild = callers[0] as CountedCaller;
    const parts = { client, tableName: TABLE, clock, callers, upstream: wechat.upstream };
    const environments = Array.from({ length: ENVIRONMENTS }, () => createCountingEnvironment(parts));
    const answers = new Map<string, number>();
    let calls = 0;
    const call = async (by: CountedCaller) => {
      const name = `${quotaDay(clock.now())} ${by === wild ? 'wild' : 'others'}`;
      calls += 1;
      const { errcode, headers } = (await environments[calls % ENVIRONMENTS]?.call({ path: USER }, by.key)) ?? {};
      const outcome = `${name} ${errcode} ${headers?.['x-gateway-error'] ?? ''}`.trim();
      answers.set(outcome, (answers.get(outcome) ?? 0) + 1);
    };
    // Each of the others makes 40 calls, spread over the day, the wild one 9,500.
    const ROUNDS = 40;
    for (let round = 0; round < 2 * ROUNDS; round += 1) {
      for (const by of callers) {
        for (let n = 0; n < (by === wild ? (50 * SHARE) / ROUNDS : 1); n += 1) await call(by);
      }
      clock.set(MIDNIGHT - DAY_MS + 1 + Math.floor(((round + 1) * DAY_MS) / ROUNDS));
    }
    for (const day of ['20261120', '20261121']) {
      expect(answers.get(`${day} others 0`)).toBe(4 * ROUNDS);
      // At most 1 % of a share may be left in blocks that nobody came to use.
      expect(answers.get(`${day} wild 0`)).toBeLessThanOrEqual(SHARE);
      expect(answers.get(`${day} wild 0`)).toBeGreaterThanOrEqual(SHARE * 0.95);
      expect(wechat.count(day)).toBe((answers.get(`${day} others 0`) ?? 0) + (answers.get(`${day} wild 0`) ?? 0));
    }
    expect([...answers.keys()].toSorted()).toEqual([
      '20261120 others 0',
      '20261120 wild 0',
      '20261120 wild 45009 endpoint-share',
      '20261121 others 0',
      '20261121 wild 0',
      '20261121 wild 45009 endpoint-share',
    ]);
    const { rows } = await storedUsage(appId, '20261120');
    expect(rows.find(({ caller }) => caller === wild.caller.id)?.refusals).toEqual({
      'endpoint-share': answers.get('20261120 wild 45009 endpoint-share'),
    });
  });
});

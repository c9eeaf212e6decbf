import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LEASE_DURATION_MS } from '#shared/access-token/lease-rules.ts';
import { createDynamoTicketStore } from '#shared/ticket/ticket-store.dynamodb.ts';
import { createUpstream, type Upstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { startDynamodbEngine } from './processes/start-dynamodb-engine.ts';
import { createStillClock, type StillClock } from './still-clock.ts';

const PATH = '/cgi-bin/ticket/getticket';
const CALL = { path: PATH, query: 'type=jsapi' };
const LIFE_MS = 7_200_000;
const RENEWAL_MS = LIFE_MS - 600_000;
const account = simulatedAccount();
const other = simulatedAccount();
const name = { appId: account.appId, type: 'jsapi' } as const;
const headers = { 'x-wechat-appid': account.appId };

type Environment = ReturnType<Rig['callEnvironment']>;

let rig: Rig;
let clock: StillClock;
let startedAt: number;
beforeEach(() => {
  startedAt = Date.now();
  clock = createStillClock(startedAt);
});
afterEach(() => rig.close());

/** The clock does not show how long a connection was idle. */
const connections = { keepAliveTimeoutMs: 600_000 };

async function startSmallRig(): Promise<void> {
  rig = await startRig({ accounts: [account, other], clock, connections });
  await tick();
}

const tick = () => rig.refreshEnvironment().invoke({});
const calls = () => rig.simulator.log.count(PATH);
const ask = async ({ call }: Environment) => {
  const answer = await call({ ...CALL, headers });
  expect(answer.statusCode).toBe(200);
  return answer.json();
};
const ticketOf = async (environment: Environment) => {
  const { errcode, ticket } = await ask(environment);
  expect(errcode).toBe(0);
  return ticket;
};
const moveBy = (durationMs: number) => clock.set(clock.now() + durationMs);
const askColdly = (many: number) => Promise.all(Array.from({ length: many }, () => ticketOf(rig.callEnvironment())));

const store = () => createDynamoTicketStore(rig.dynamodbClient(), rig.tableName);

/** WeChat for an environment that is frozen when its answer has come, until it is thawed. */
function frozenAfterCall(thawed: Promise<void>): Upstream {
  const upstream = createUpstream({ api: createUndiciWechatApi({ clock }), origins: [rig.simulator.origin], clock });
  return {
    async call(...call) {
      const answer = await upstream.call(...call);
      await thawed;
      return answer;
    },
  };
}

describe('a ticket', () => {
  beforeEach(startSmallRig);

  it('is answered as WeChat answers it, with the seconds that are left', async () => {
    const environment = rig.callEnvironment();
    const answer = await environment.call({ ...CALL, headers });
    expect(answer.headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(answer.json()).toEqual({
      errcode: 0,
      errmsg: 'ok',
      ticket: expect.stringMatching(/^.{60,}$/),
      expires_in: 7_200,
    });
    moveBy(1_000_500);
    expect(await ask(environment)).toEqual({ ...answer.json(), expires_in: 6_199 });
    expect(calls()).toBe(1);
  });

  it('is the same in every environment, and one of its own per type and account', async () => {
    const [one, again] = await askColdly(2);
    expect(again).toBe(one);
    const { call } = rig.callEnvironment();
    const card = await call({ path: PATH, query: 'type=wx_card', headers });
    const others = await call({ ...CALL, headers: { 'x-wechat-appid': other.appId } });
    expect(new Set([one, card.json()['ticket'], others.json()['ticket']]).size).toBe(3);
    expect(calls()).toBe(3);
  });

  it('is found in any case and with a trailing slash, and by a gateway token', async () => {
    const { call } = rig.callEnvironment();
    const secret = rig.callerKey;
    const query = `grant_type=client_credential&appid=${account.appId}&secret=${secret}`;
    const token = (await call({ path: '/cgi-bin/token', query })).json()['access_token'];
    const bySdk = { query: `access_token=${String(token)}&type=jsapi`, headers: { authorization: '' } };
    const answers = await Promise.all([PATH, `${PATH}/`].map((path) => call({ ...bySdk, path })));
    expect(answers.map((answer) => answer.json()['errcode'])).toEqual([0, 0]);
    expect(calls()).toBe(1);
  });

  it('of another type is an ordinary call', async () => {
    const { call } = rig.callEnvironment();
    for (const query of ['type=sdk', '', 'type=jsapi&type=wx_card']) {
      await call({ path: PATH, query, headers });
    }
    expect(calls()).toBe(3);
    expect(
      rig.simulator.log.entries.filter(({ path }) => path === PATH).map(({ query }) => query.getAll('type')),
    ).toEqual([['sdk'], [], ['jsapi', 'wx_card']]);
  });

  it('is for callers that are granted its path, on accounts that are there', async () => {
    const { call } = rig.callEnvironment();
    const grants = [{ appId: account.appId, allow: ['/cgi-bin/user/*', 'token:read'] }];
    const notGranted = await call({ ...CALL, headers: await addCaller(rig, { grants }) });
    expect(notGranted.json()['errcode']).toBe(48001);
    const gone = [{ appId: 'wxneveradded', allow: ['/*'] }];
    const unknown = await call({ ...CALL, headers: await addCaller(rig, { grants: gone }) });
    expect(unknown.json()['errcode']).toBe(40013);
    expect((await call({ ...CALL, headers: { authorization: '' } })).json()['errcode']).toBe(41001);
    expect(calls()).toBe(0);
  });

  it('is served from memory to its own end while the table is away', async () => {
    const environment = rig.callEnvironment();
    const ticket = await ticketOf(environment);
    await rig.dynamodb.close();
    moveBy(200_000);
    expect(await ticketOf(environment)).toBe(ticket);
  });
});

describe('the first ticket', () => {
  it('is asked for once by two hundred cold environments', async () => {
    // Two hundred environments share a small machine: whoever waits for the table waits longer, and no lease ends because they do.
    clock = createStillClock(startedAt, 10);
    rig = await startRig({ accounts: [account, other], clock, connections, dynamodb: await startDynamodbEngine() });
    await tick();
    expect(new Set(await askColdly(200)).size).toBe(1);
    expect(calls()).toBe(1);
  });

  it('is asked for once where there is no access token yet either', async () => {
    rig = await startRig({ accounts: [account, other], clock, connections });
    expect(new Set(await askColdly(20)).size).toBe(1);
    expect(calls()).toBe(1);
    expect(rig.simulator.log.count('/cgi-bin/stable_token')).toBe(1);
  });
});

describe('in its last ten minutes a ticket', () => {
  beforeEach(startSmallRig);

  it('is renewed by one call, and nobody fails or waits for it', async () => {
    const environments = Array.from({ length: 30 }, () => rig.callEnvironment());
    const [old] = await Promise.all(environments.map(ticketOf));
    clock.set(startedAt + RENEWAL_MS - 1);
    await tick();
    await Promise.all(environments.map(ticketOf));
    expect(calls()).toBe(1);
    moveBy(1);
    const slept = clock.slept;
    const answered = await Promise.all(environments.map(ticketOf));
    expect(calls()).toBe(2);
    expect(clock.slept).toBe(slept);
    const renewed = answered.filter((ticket) => ticket !== old);
    expect(renewed.length).toBeGreaterThan(0);
    expect(new Set(renewed).size).toBe(1);
    expect(await askColdly(5)).toEqual(Array.from({ length: 5 }, () => renewed[0]));
    moveBy(60_000);
    expect(new Set(await Promise.all(environments.map(ticketOf)))).toEqual(new Set([renewed[0]]));
    expect(calls()).toBe(2);
  });

  it.each([
    ['WeChat says no', { kind: 'errcode', errcode: 45009 }],
    ['the connection breaks', { kind: 'reset' }],
    ['WeChat has a bad gateway', { kind: 'status', status: 502 }],
    ['the answer is no ticket', { kind: 'body', body: '{"errcode":0,"ticket":"","expires_in":7200}' }],
    ['the answer has no end', { kind: 'body', body: '{"errcode":0,"ticket":"t","expires_in":null}' }],
    ['WeChat refuses the access token for ever', { kind: 'errcode', errcode: 40001, times: 2 }],
  ] as const)('goes on being answered when %s, and the next try waits for a cooldown', async (_when, fault) => {
    const environment = rig.callEnvironment();
    const old = await ticketOf(environment);
    clock.set(startedAt + RENEWAL_MS);
    await tick();
    rig.simulator.log.clear();
    rig.simulator.faults.add({ ...fault, path: PATH });
    expect(await ticketOf(environment)).toBe(old);
    const tries = calls();
    expect([...(await askColdly(5)), await ticketOf(environment)]).toEqual(Array.from({ length: 6 }, () => old));
    expect(calls()).toBe(tries);
    expect(rig.lines.join('')).toContain('"event":"ticket-not-renewed"');
    moveBy(1_000);
    expect(await ticketOf(environment)).not.toBe(old);
    expect(calls()).toBe(tries + 1);
  });

  it('goes on being answered when there is no access token to renew it with', async () => {
    moveBy(1_000);
    const environment = rig.callEnvironment();
    const old = await ticketOf(environment);
    // The access token is over, the ticket is not yet.
    clock.set(startedAt + LIFE_MS + 500);
    expect(await ticketOf(environment)).toBe(old);
    expect(await askColdly(3)).toEqual([old, old, old]);
    expect(clock.slept).toBe(0);
    expect(rig.refreshInvocations()).toBe(0);
  });
});

describe('without a ticket', () => {
  beforeEach(startSmallRig);

  it("WeChat's no is everybody's answer, without a call of their own until the cooldown ends", async () => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 45009, path: PATH });
    const refused = { errcode: 45009, errmsg: expect.stringContaining('quota') };
    expect(await ask(rig.callEnvironment())).toEqual(refused);
    expect(await ask(rig.callEnvironment())).toEqual(refused);
    expect(calls()).toBe(1);
    moveBy(1_000);
    await ticketOf(rig.callEnvironment());
    expect(calls()).toBe(2);
  });

  it('trouble on the way is -1, without a call of their own until the cooldown ends', async () => {
    rig.simulator.faults.add({ kind: 'reset', path: PATH });
    const answers = [
      await rig.callEnvironment().call({ ...CALL, headers }),
      await rig.callEnvironment().call({ ...CALL, headers }),
    ];
    expect(answers.map((answer) => [answer.json()['errcode'], answer.headers['x-gateway-error']])).toEqual([
      [-1, 'no-ticket'],
      [-1, 'no-ticket'],
    ]);
    expect(calls()).toBe(1);
    moveBy(1_000);
    await ticketOf(rig.callEnvironment());
  });
});

describe('a dead access token', () => {
  beforeEach(startSmallRig);

  it('is healed, and one ticket comes of it for everybody', async () => {
    const environments = Array.from({ length: 20 }, () => rig.callEnvironment());
    await Promise.all(environments.map(({ call }) => call({ path: '/cgi-bin/user/info', query: 'openid=o', headers })));
    rig.simulator.account(account.appId).killCurrentToken();
    expect(new Set(await Promise.all(environments.map(ticketOf))).size).toBe(1);
    const answered = rig.simulator.log.entries
      .filter(({ path }) => path === PATH)
      .map((entry) => entry.answeredErrcode);
    expect(answered).toEqual([40001, 0]);
    expect(rig.refreshInvocations()).toBe(1);
  });
});

describe('a holder that dies', () => {
  beforeEach(startSmallRig);

  it('with the lease in hand holds the others up until it ends, and then one of them asks', async () => {
    await store().acquire(name, 'dead', 0, clock.now());
    const waiting = askColdly(10);
    await vi.waitUntil(() => clock.slept >= 20, { timeout: 30_000 });
    expect(calls()).toBe(0);
    clock.set(startedAt + LEASE_DURATION_MS);
    expect(new Set(await waiting).size).toBe(1);
    expect(calls()).toBe(1);
  });

  it('does not hold anybody up while the old ticket works', async () => {
    const old = await ticketOf(rig.callEnvironment());
    clock.set(startedAt + RENEWAL_MS);
    await tick();
    await store().acquire(name, 'dead', 1, clock.now());
    expect(await askColdly(5)).toEqual(Array.from({ length: 5 }, () => old));
    expect(clock.slept).toBe(0);
    moveBy(LEASE_DURATION_MS);
    await askColdly(5);
    expect(calls()).toBe(2);
    expect(await ticketOf(rig.callEnvironment())).not.toBe(old);
  });

  it('after WeChat has answered and wakes up late does not replace what lives longer', async () => {
    const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
    const frozen = rig.callEnvironment({ upstream: frozenAfterCall(thawed) });
    const late = ticketOf(frozen);
    await rig.simulator.log.waitFor(({ path }) => path === PATH);
    clock.set(startedAt + LEASE_DURATION_MS);
    const ticket = await ticketOf(rig.callEnvironment());
    thaw();
    expect(await late).toBe(ticket);
    expect(await ticketOf(rig.callEnvironment())).toBe(ticket);
    expect(calls()).toBe(2);
  });
});

describe('a day', () => {
  it('takes fourteen calls for tickets, whoever asks, and every answer is a ticket that lives', async () => {
    await startSmallRig();
    const environments = Array.from({ length: 3 }, () => rig.callEnvironment());
    const seen = new Map<unknown, number>();
    for (let minute = 0; minute < 24 * 60; minute += 10) {
      clock.set(startedAt + minute * 60_000);
      await tick();
      for (const answer of await Promise.all(environments.map(ask))) {
        expect(answer).toMatchObject({ errcode: 0, expires_in: expect.any(Number) });
        const issuedAt = seen.get(answer['ticket']) ?? clock.now();
        seen.set(answer['ticket'], issuedAt);
        expect(answer['expires_in']).toBeGreaterThan(0);
        expect(clock.now() - issuedAt).toBeLessThan(LIFE_MS);
      }
    }
    // One per 110 minutes, the first at once.
    expect(calls()).toBe(14);
    expect(seen.size).toBe(14);
  });
});

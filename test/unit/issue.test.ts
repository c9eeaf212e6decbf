import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { TokenMode } from '#shared/access-token/access-token.ts';
import { type IssueOutcome, isSecretRefusal, issue } from '#shared/access-token/issue.ts';
import type { CallLimits, Failover, Upstream } from '#shared/wechat/upstream.ts';
import { type UpstreamAnswer, UpstreamFailure, type UpstreamRequest } from '#shared/wechat/wechat-api.ts';
import { createMovableClock } from '../movable-clock.ts';

const ORIGIN = 'https://api.weixin.qq.com';
const APP_ID = 'wx0000000000000001';
const SECRET = { value: 'S3CRET-canary', version: 'v1' };
const LEASE_MS = 6_500;
const GOOD = { access_token: '50_abc', expires_in: 7_200 };

const answer = (content: unknown, status = 200): UpstreamAnswer => ({
  status,
  headers: [],
  body: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
  origin: ORIGIN,
});

/** One issue call against an upstream that does what `respond` says. */
function setUp(respond: (limits: CallLimits) => Promise<UpstreamAnswer>, mode: TokenMode = 'stable') {
  const clock = createMovableClock();
  const calls: { request: UpstreamRequest; limits: CallLimits; failover: Failover }[] = [];
  const upstream: Upstream = {
    call(request, limits, failover) {
      calls.push({ request, limits, failover });
      return respond(limits);
    },
  };
  const run = async (changes: { force?: boolean; leaseMs?: number } = {}): Promise<IssueOutcome> => {
    const { force = false, leaseMs = LEASE_MS } = changes;
    const leaseEnd = clock.now() + leaseMs;
    const outcome = await issue(
      { upstream, clock },
      { account: { appId: APP_ID, mode }, secret: SECRET, force, leaseEnd },
    );
    if (inspect(outcome, { depth: 20 }).includes(SECRET.value)) throw new Error('the outcome holds the app secret');
    return outcome;
  };
  return { clock, calls, run };
}

const answering =
  (content: unknown, status = 200) =>
  (limits: CallLimits) => {
    limits.onSend?.();
    return Promise.resolve(answer(content, status));
  };

describe('the request for a token', () => {
  it('is a POST with JSON in stable mode, and asks for a forced refresh only when told to', async () => {
    const { calls, run } = setUp(answering(GOOD));
    await run();
    await run({ force: true });
    expect(calls.map(({ request }) => request)).toMatchObject([
      { method: 'POST', path: '/cgi-bin/stable_token', query: '', headers: { 'content-type': 'application/json' } },
      { method: 'POST', path: '/cgi-bin/stable_token' },
    ]);
    const plain = { grant_type: 'client_credential', appid: APP_ID, secret: SECRET.value };
    const bodies = calls.map(({ request }): unknown => JSON.parse(Buffer.from(request.body ?? []).toString()));
    expect(bodies).toEqual([plain, { ...plain, force_refresh: true }]);
  });

  it('is a GET with a query in classic mode', async () => {
    const { calls, run } = setUp(answering(GOOD), 'classic');
    await run();
    const query = `grant_type=client_credential&appid=${APP_ID}&secret=${SECRET.value}`;
    expect(calls[0]?.request).toEqual({ method: 'GET', path: '/cgi-bin/token', query, headers: {}, body: undefined });
  });

  it('never goes to a second host once it was sent', async () => {
    const { calls, run } = setUp(answering(GOOD));
    await run();
    expect(calls[0]?.failover).toBe('never-after-sending');
  });
});

describe('the time of an issue call', () => {
  it('is four seconds in all under a fresh lease', async () => {
    const { clock, calls, run } = setUp(answering(GOOD));
    await run();
    expect(calls[0]?.limits.deadline).toBe(clock.now() + 4_000);
  });

  it('is cut short so that it is over 2 s before its lease ends', async () => {
    const { clock, calls, run } = setUp(answering(GOOD));
    await run({ leaseMs: 5_000 });
    expect(calls[0]?.limits.deadline).toBe(clock.now() + 3_000);
  });

  it.each([
    ['when too little of the lease is left', 2_999, 0],
    ['when the lease has ended', -1, 0],
    ['when connecting took too long', LEASE_MS, 3_001],
    ['when the process stood still for longer than the lease', LEASE_MS, 60_000],
  ])('is not begun %s: nothing is sent', async (_why, leaseMs, pauseMs) => {
    let sent = false;
    const { clock, run } = setUp(async (limits) => {
      clock.set(clock.now() + pauseMs);
      limits.onSend?.();
      sent = true;
      return answer(GOOD);
    });
    const failure = { class: 'unavailable', cause: 'lease-ended' };
    expect(await run({ leaseMs })).toEqual({ kind: 'failed', failure, sent: false });
    expect(sent).toBe(false);
  });

  it('counts from sending to the answer, and a token ends by the time it was asked for', async () => {
    const { clock, run } = setUp(async (limits) => {
      clock.set(clock.now() + 300);
      limits.onSend?.();
      clock.set(clock.now() + 700);
      return answer(GOOD);
    });
    const startedAt = clock.now();
    const times = { sentAt: startedAt + 300, receivedAt: startedAt + 1_000, expiresAt: startedAt + 7_200_300 };
    expect(await run()).toMatchObject({ kind: 'issued', token: { value: '50_abc', mode: 'stable', ...times } });
  });

  it('is over when the answer comes after the deadline: nobody can say when WeChat made that token', async () => {
    const { clock, run } = setUp(async (limits) => {
      limits.onSend?.();
      clock.set(limits.deadline + 1);
      return answer(GOOD);
    });
    expect(await run()).toEqual({ kind: 'failed', failure: { class: 'unavailable', cause: 'deadline' }, sent: true });
  });
});

describe('an issue call that fails', () => {
  it.each([true, false])('says whether it was sent: %s', async (sent) => {
    const { run } = setUp(() => Promise.reject(new UpstreamFailure('reset', ORIGIN, sent)));
    expect(await run()).toEqual({ kind: 'failed', failure: { class: 'unavailable', cause: 'reset' }, sent });
  });

  it('throws what neither WeChat nor the network has done', async () => {
    const { run } = setUp(() => Promise.reject(new TypeError('a fault of ours')));
    await expect(run()).rejects.toThrow('a fault of ours');
  });

  it.each([
    [-1, 'unavailable', true],
    [45009, 'quota', false],
    [45011, 'quota', false],
    [40013, 'rejected', false],
    [40125, 'rejected', false],
    [40243, 'rejected', false],
    [89503, 'rejected', false],
    [50007, 'rejected', false],
    [99999, 'rejected', false],
  ])('with errcode %i is %s', async (errcode, failureClass, sent) => {
    const { run } = setUp(answering({ errcode, errmsg: 'no rid: 1a-2b-3c' }));
    const failure = { class: failureClass, cause: 'errcode', errcode, rid: '1a-2b-3c', secretVersion: 'v1' };
    expect(await run()).toMatchObject({ kind: 'failed', failure, sent });
  });

  it('takes an errcode that comes as text for what it is', async () => {
    const { run } = setUp(answering({ errcode: '40125', errmsg: 'invalid appsecret' }));
    expect(await run()).toMatchObject({ failure: { class: 'rejected', errcode: 40125 } });
  });

  it('names the address that WeChat refused', async () => {
    const errmsg = 'invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 1-2-3';
    const { run } = setUp(answering({ errcode: 40164, errmsg }));
    expect(await run()).toMatchObject({ failure: { errcode: 40164, egressAddress: '203.0.113.9' } });
  });

  it('refuses the app secret with 40125 and 40001, and with nothing else', () => {
    const refusals = [40125, 40001, 40013, 40164, 40243, 42001, -1].filter((errcode) =>
      isSecretRefusal({ class: 'rejected', cause: 'errcode', errcode }),
    );
    expect(refusals).toEqual([40125, 40001]);
  });
});

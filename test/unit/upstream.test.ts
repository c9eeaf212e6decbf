import { describe, expect, it } from 'vitest';
import { type CallLimits, createUpstream, type Failover } from '#shared/wechat/upstream.ts';
import { UpstreamFailure, type UpstreamFailureKind, type UpstreamRequest } from '#shared/wechat/wechat-api.ts';

const A = 'https://a.example';
const B = 'https://b.example';
const C = 'https://c.example';
const GET: UpstreamRequest = { method: 'GET', path: '/x', query: '', headers: {}, body: undefined };
const SIGNED: UpstreamRequest = { ...GET, headers: { 'wechatmp-signature': 's' } };

type Outcome = number | [kind: UpstreamFailureKind, when: 'sent' | 'unsent'] | Error;

/** Hosts that do as `outcomes` says (200 otherwise), each attempt taking `attemptMs`. */
const setUp = (origins: readonly string[] = [A, B], attemptMs = 0) => {
  const clock = { time: 1_750_000_000_000, now: () => clock.time, sleep: () => Promise.reject(new Error('unused')) };
  const outcomes: Record<string, Outcome> = {};
  const tried: string[] = [];
  const connected: string[] = [];
  const api = {
    connectAhead: (origin: string) => void connected.push(origin),
    attempt: async (origin: string) => {
      tried.push(origin);
      clock.time += attemptMs;
      const outcome = outcomes[origin] ?? 200;
      if (outcome instanceof Error) {
        throw outcome;
      }
      if (typeof outcome === 'number') {
        return { status: outcome, headers: [], body: new Uint8Array(), origin };
      }
      throw new UpstreamFailure(outcome[0], origin, outcome[1] === 'sent');
    },
  };
  const upstream = createUpstream({ api, origins, clock });
  const call = async (failover: Failover, request = GET, changed: Partial<CallLimits> = {}) => {
    tried.length = 0;
    const limits = { firstByteTimeoutMs: 15_000, deadline: clock.now() + 25_000, maxAnswerBytes: 1, ...changed };
    return upstream.call(request, limits, failover).then(
      ({ status, origin }) => ({ status, origin, tried: [...tried] }),
      (error: unknown) => {
        if (!(error instanceof UpstreamFailure)) {
          throw error;
        }
        return { kind: error.kind, sent: error.sent, origin: error.origin, tried: [...tried] };
      },
    );
  };
  return { clock, outcomes, call, connectAhead: () => upstream.connectAhead(), connected };
};

describe('the second host', () => {
  it('is not tried when the first answers', async () => {
    expect(await setUp().call('after-sending-too')).toEqual({ status: 200, origin: A, tried: [A] });
  });

  it.each([500, 502, 503, 412])('is not tried when the first answers %i', async (status) => {
    const { call, outcomes } = setUp();
    outcomes[A] = status;
    expect(await call('after-sending-too')).toEqual({ status, origin: A, tried: [A] });
  });

  it.each<UpstreamFailureKind>(['dns', 'connect', 'connect-timeout', 'tls'])(
    'is tried for any call that %s kept from being sent',
    async (kind) => {
      const { call, outcomes } = setUp();
      outcomes[A] = [kind, 'unsent'];
      expect(await call('never-after-sending')).toEqual({ status: 200, origin: B, tried: [A, B] });
    },
  );

  it.each<UpstreamFailureKind>(['reset', 'malformed', 'first-byte-timeout'])(
    'is tried after sending (%s) only when the call allows it',
    async (kind) => {
      const { call, outcomes } = setUp();
      outcomes[A] = [kind, 'sent'];
      expect(await call('never-after-sending')).toEqual({ kind, sent: true, origin: A, tried: [A] });
      expect(await call('after-sending-too')).toEqual({ status: 200, origin: B, tried: [A, B] });
    },
  );

  it.each<[UpstreamFailureKind, 'sent' | 'unsent']>([
    ['deadline', 'sent'],
    ['deadline', 'unsent'],
    ['answer-too-large', 'sent'],
  ])('is not tried after %s (%s), nor is the first blamed', async (kind, when) => {
    const { call, outcomes } = setUp();
    outcomes[A] = [kind, when];
    expect((await call('after-sending-too')).tried).toEqual([A]);
    expect((await call('after-sending-too')).tried).toEqual([A]);
  });

  it('is the last: a third is not tried', async () => {
    const { call, outcomes } = setUp([A, B, C]);
    outcomes[A] = ['dns', 'unsent'];
    outcomes[B] = ['connect', 'unsent'];
    expect(await call('after-sending-too')).toEqual({ kind: 'connect', sent: false, origin: B, tried: [A, B] });
  });

  it('does not exist for a single origin', async () => {
    const { call, outcomes } = setUp([A]);
    outcomes[A] = ['dns', 'unsent'];
    expect((await call('after-sending-too')).tried).toEqual([A]);
    expect((await call('after-sending-too')).tried).toEqual([A]);
  });

  it('failing before sending does not hide that the first was sent to', async () => {
    const { call, outcomes } = setUp();
    outcomes[A] = ['reset', 'sent'];
    outcomes[B] = ['connect', 'unsent'];
    expect(await call('after-sending-too')).toEqual({ kind: 'connect', sent: true, origin: B, tried: [A, B] });
  });

  it('is not tried when the caller itself gave up', async () => {
    const { call, outcomes } = setUp();
    const reason = new Error('the lease would end first');
    outcomes[A] = reason;
    await expect(call('after-sending-too')).rejects.toBe(reason);
    outcomes[A] = 200;
    expect((await call('after-sending-too')).tried).toEqual([A]);
  });
});

describe('a signed request', () => {
  it('goes to the first host only, even when that fails before sending', async () => {
    const { call, outcomes } = setUp();
    outcomes[A] = ['connect', 'unsent'];
    expect((await call('after-sending-too', SIGNED)).tried).toEqual([A]);
  });

  it('goes to the first host even while that is avoided', async () => {
    const { call, outcomes } = setUp();
    outcomes[A] = ['connect', 'unsent'];
    await call('after-sending-too');
    expect((await call('after-sending-too', SIGNED)).tried).toEqual([A]);
  });
});

describe('a host that failed', () => {
  it('is tried last for 60 seconds', async () => {
    const { call, outcomes, clock } = setUp([A, B, C]);
    outcomes[A] = ['connect', 'unsent'];
    await call('never-after-sending');
    delete outcomes[A];
    outcomes[B] = ['connect', 'unsent'];
    clock.time += 59_999;
    expect((await call('never-after-sending')).tried).toEqual([B, C]);
    clock.time += 1;
    expect((await call('never-after-sending')).tried).toEqual([A]);
  });

  it('is still tried when there is no better one', async () => {
    const { call, outcomes } = setUp();
    outcomes[A] = ['connect', 'unsent'];
    outcomes[B] = ['connect', 'unsent'];
    await call('never-after-sending');
    expect((await call('never-after-sending')).tried).toEqual([A, B]);
    delete outcomes[B];
    expect(await call('never-after-sending')).toEqual({ status: 200, origin: B, tried: [A, B] });
  });

  it('after sending is not blamed by a call that may not fail over', async () => {
    const { call, outcomes } = setUp();
    outcomes[A] = ['reset', 'sent'];
    await call('never-after-sending');
    expect((await call('never-after-sending')).tried).toEqual([A]);
  });
});

describe('the budget', () => {
  it.each([
    [8_000, [A, B]],
    [8_001, [A]],
  ])(
    'after %i of 25,000 ms allows %j, when an attempt takes 2,000 to connect and 15,000 to answer',
    async (ms, tried) => {
      const { call, outcomes } = setUp([A, B], ms);
      outcomes[A] = ['connect', 'unsent'];
      expect((await call('never-after-sending')).tried).toEqual(tried);
    },
  );

  it.each([
    [2_500, [A, B]],
    [2_501, [A]],
  ])('after %i of 4,000 ms allows %j, when the call says 1,500 are enough', async (ms, tried) => {
    const { call, outcomes, clock } = setUp([A, B], ms);
    outcomes[A] = ['connect', 'unsent'];
    const limits = { deadline: clock.now() + 4_000, firstByteTimeoutMs: 4_000, secondAttemptNeedsMs: 1_500 };
    expect((await call('never-after-sending', GET, limits)).tried).toEqual(tried);
  });
});

describe('connecting ahead', () => {
  it('is to the first host', () => {
    const { connectAhead, connected } = setUp();
    connectAhead();
    expect(connected).toEqual([A]);
  });

  it('is to the second while the first is avoided, as the next call is', async () => {
    const { call, outcomes, clock, connectAhead, connected } = setUp();
    outcomes[A] = ['connect', 'unsent'];
    await call('never-after-sending');
    connectAhead();
    clock.time += 60_000;
    connectAhead();
    expect(connected).toEqual([B, A]);
  });
});

it('no origin at all is refused', () => {
  expect(() => setUp([])).toThrow(TypeError);
});

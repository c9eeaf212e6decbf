import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issue } from '#shared/access-token/issue.ts';
import { probe } from '#shared/access-token/probe.ts';
import { Refusal } from '#shared/api-call/refusal.ts';
import { scrubRidAnswer } from '#shared/api-call/scrub-rid-answer.ts';
import { sealUserTokens } from '#shared/api-call/seal-user-tokens.ts';
import { parseAppSecretAnswer } from '#shared/app-secret-call/app-secret-answer.ts';
import { callWithToken } from '#shared/diagnosis/call-with-token.ts';
import { askQuota } from '#shared/quota/ask-quota.ts';
import { fetchList } from '#shared/server-ips/fetch-list.ts';
import { issueTicket } from '#shared/ticket/issue-ticket.ts';
import { peekErrcode } from '#shared/wechat/answer.ts';
import type { Upstream } from '#shared/wechat/upstream.ts';
import { createMovableClock } from '../movable-clock.ts';
import { tokenIssuedAt, tokenState } from '../unit/token-states.ts';
import { spoilt } from './fuzzing/spoilt.ts';

const APP_ID = 'wx0123456789abcdef';
const clock = createMovableClock();
const token = tokenIssuedAt(clock.now(), '99_tOkEn-aBcDeFgH');
const [leaseEnd, deadline] = [clock.now() + 6_500, clock.now() + 10_000];
const caller = { id: 'caller00', sealingKey: '0'.repeat(64) };

/** WeChat, with one answer to everything. */
const answering = (body: Uint8Array): Upstream => ({
  async call(_request, { onSend }) {
    onSend?.();
    return { status: 200, headers: [], body, origin: 'https://api.weixin.qq.com' };
  },
});

const unreachable = () => Promise.reject(new Error('no such answer heals a token'));
const state = tokenState({ appId: APP_ID, token, version: 1 });
/** For calls with the stored token of the one account. */
const accountCalls = (body: Uint8Array) => ({
  upstream: answering(body),
  clock,
  random: () => 0.5,
  tokens: { due: async () => [{ appId: APP_ID, nextDueAt: 0 }] },
  reader: { get: async () => state, reread: unreachable },
  markers: { claim: unreachable },
  invoker: { invoke: unreachable },
  onInvokeError: () => undefined,
});

const secret = fc.stringMatching(/^[A-Za-z0-9_-]{1,157}$/);
const lifeS = fc.integer({ min: 1, max: 86_400 });
const errmsg = fc.constantFrom('ok', 'invalid credential rid: 6aac0063-7ed08fb9-1250f724', '微信"\\\n');
const gap = fc.nat(2);
/** Answers as bytes, in any of the spacings that JSON allows. */
const bytesOf = (answers: fc.Arbitrary<object>): fc.Arbitrary<Uint8Array> =>
  fc.tuple(answers, gap).map(([answer, spaces]) => Buffer.from(JSON.stringify(answer, null, spaces)));
const refusals = fc.record({ errcode: fc.constantFrom(40001, 42001, 40014), errmsg });
const rid = fc.record({
  errcode: fc.constant(0),
  request: fc.record({ invoke_time: fc.nat(), request_url: fc.constant(`access_token=${token.value}&a=1`), errmsg }),
});

interface AnswerReader {
  readonly name: string;
  /** Whole ones, as WeChat gives them. */
  readonly answers: fc.Arbitrary<Uint8Array>;
  /** What is taken from an answer; `undefined` when nothing is. */
  readonly taken: (body: Uint8Array) => unknown;
  /** Whether it may be taken, out of whatever came. */
  readonly mayBe: (taken: unknown) => boolean;
}

const READERS: readonly AnswerReader[] = [
  {
    name: 'an access token',
    answers: bytesOf(fc.record({ access_token: secret, expires_in: lifeS })),
    async taken(body) {
      const account = { appId: APP_ID, mode: 'stable' } as const;
      const request = { account, secret: { value: 'S3CRET', version: 'v1' }, force: false, leaseEnd };
      const outcome = await issue({ upstream: answering(body), clock }, request);
      return outcome.kind === 'issued' ? outcome.token : undefined;
    },
    mayBe: isStorable,
  },
  {
    name: 'a ticket',
    answers: bytesOf(fc.record({ errcode: fc.constant(0), errmsg, ticket: secret, expires_in: lifeS })),
    async taken(body) {
      const request = { type: 'jsapi', token, leaseEnd, deadline } as const;
      const outcome = await issueTicket({ upstream: answering(body), clock }, request);
      return outcome.kind === 'issued' ? outcome.ticket : undefined;
    },
    mayBe: isStorable,
  },
  {
    name: 'the refusal of a probed token',
    answers: bytesOf(refusals),
    taken: async (body) => ((await verdictOf(body)) === 'refused' ? 'refused' : undefined),
    mayBe: (taken) => taken === 'refused',
  },
  {
    name: 'the word that a probed token works',
    answers: bytesOf(fc.record({ ip_list: fc.array(fc.ipV4(), { maxLength: 5 }) })),
    taken: async (body) => ((await verdictOf(body)) === 'works' ? 'works' : undefined),
    mayBe: (taken) => taken === 'works',
  },
  {
    name: 'a list of server IPs',
    answers: bytesOf(fc.record({ ip_list: fc.array(fc.ipV4(), { maxLength: 5 }) })),
    async taken(body) {
      const fetched = await fetchList(accountCalls(body), 'callback');
      return fetched.kind === 'fetched' ? fetched.observation : undefined;
    },
    mayBe: (taken) => ['list', 'unusable'].includes(String(Object(taken).kind)),
  },
  {
    name: 'a quota',
    answers: bytesOf(
      fc.record({ errcode: fc.constant(0), quota: fc.record({ daily_limit: fc.integer({ min: 1 }), used: fc.nat() }) }),
    ),
    async taken(body) {
      const word = await askQuota(accountCalls(body), APP_ID, '/cgi-bin/menu/get');
      return word.kind === 'told' ? word.quota : undefined;
    },
    mayBe: (taken) => Number.isSafeInteger(Object(taken).dailyLimit) && Object(taken).used >= 0,
  },
  {
    name: 'what doctor asks about',
    answers: bytesOf(rid),
    async taken(body) {
      const call = { path: '/cgi-bin/openapi/rid/get', body: {}, deadlineMs: 1_000 };
      return (await callWithToken({ upstream: answering(body), clock }, token, call))?.content;
    },
    mayBe: (taken) => typeof taken === 'object' && taken !== null,
  },
  {
    name: 'an errcode',
    answers: bytesOf(refusals),
    taken: (body) => peekErrcode({ headers: [], body })?.errcode,
    mayBe: Number.isSafeInteger,
  },
  {
    name: 'the record of a request, without its token',
    answers: bytesOf(rid),
    taken: (body) => unlessRefused(() => Buffer.from(scrubRidAnswer(body, token.value)).toString()),
    mayBe: (taken) => !String(taken).includes(token.value),
  },
  {
    name: "a user's tokens, sealed",
    answers: bytesOf(fc.record({ openid: secret, access_token: secret, expires_in: lifeS, refresh_token: secret })),
    taken: (body) => unlessRefused(() => sealUserTokens({ body }, caller, APP_ID).body),
    mayBe: (taken) => taken instanceof Uint8Array,
  },
  {
    name: 'the answer of the function that has the secrets',
    answers: bytesOf(
      fc.record({
        status: fc.constant(200),
        headers: fc.constant([['content-type', 'text/plain']]),
        body: fc.base64String(),
        origin: fc.constant('https://api.weixin.qq.com'),
      }),
    ),
    taken: parseAppSecretAnswer,
    mayBe: (taken) => typeof Object(taken).body === 'string' || typeof Object(taken).sent === 'boolean',
  },
];

describe.each(READERS)('$name', ({ answers, taken, mayBe }) => {
  it('is taken from a whole answer, and from none that was cut short', async () => {
    await fc.assert(
      fc.asyncProperty(answers, fc.nat(), async (body, at) => {
        expect(mayBe(await taken(body))).toBe(true);
        expect(await taken(body.subarray(0, at % body.length))).toBeUndefined();
      }),
    );
  });

  it('is not taken from an answer that ends after any of its bytes but the last', async () => {
    for (const body of fc.sample(answers, 20)) {
      const cuts = await Promise.all(Array.from(body, async (_, length) => taken(body.subarray(0, length))));
      expect(cuts.filter((cut) => cut !== undefined)).toEqual([]);
    }
  });

  it('is taken or not from an answer with other bytes in it, and never anything odd', async () => {
    const seen = { taken: 0, left: 0 };
    await fc.assert(
      fc.asyncProperty(spoilt(answers), async (body) => {
        const found = await taken(body);
        seen[found === undefined ? 'left' : 'taken'] += 1;
        expect(found === undefined || mayBe(found)).toBe(true);
      }),
    );
    // A fuzzer whose answers all end alike shows nothing.
    expect(Math.min(seen.taken, seen.left)).toBeGreaterThan(100);
  });
});

const verdictOf = (body: Uint8Array) => probe({ upstream: answering(body), clock }, token);

/** A token or ticket as it may stand in the table: 1 to 1,024 printable characters, a life of a second to a day. */
function isStorable(taken: unknown): boolean {
  const { value, sentAt, expiresAt } = Object(taken);
  const lifeMs = expiresAt - sentAt;
  return /^[!-~]{1,1024}$/.test(value) && lifeMs >= 1_000 && lifeMs <= 86_400_000;
}

function unlessRefused<Taken>(read: () => Taken): Taken | undefined {
  try {
    return read();
  } catch (error) {
    // An answer that cannot be read is refused, anything else is a fault.
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

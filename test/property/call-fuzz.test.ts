import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerId, createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { createReport } from '#shared/lambda/report.ts';
import { NOTHING_LEARNT } from '#shared/quota/learnt-quotas.ts';
import { quotaPlan } from '#shared/quota/quota-plan.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createHandler } from '../../functions/call-wechat-api/create-handler.ts';
import { eventOf } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { tokenIssuedAt, tokenState } from '../unit/token-states.ts';
import { unreachableParts } from '../unreachable-parts.ts';
import { type HostileCall, hostileCalls } from './call-fuzz/hostile-call.ts';
import { credentialNames, type SentCall, violationsOf } from './call-fuzz/violations.ts';

const RUNS = 100_000;
const ORIGIN = 'https://api.weixin.qq.com';
const APP_ID = 'wx0123456789abcdef';
const TOKEN = `99_${'tOkEn-'.repeat(22)}`;
const clock = createMovableClock();
const callerId = createCallerId();
const callerKey = createCallerKey(callerId);
const rules = { origin: ORIGIN, token: TOKEN, callerKey };

const caller: Caller = {
  id: callerId,
  name: 'fuzz',
  disabled: false,
  keys: [recordOf(callerKey, 0)],
  sealingKey: '0'.repeat(64),
  grants: [{ appId: APP_ID, allow: ['/cgi-bin/*', '/wxa/*', '/device/*'] }],
};

const state = tokenState({
  appId: APP_ID,
  version: 1,
  token: tokenIssuedAt(clock.now(), TOKEN),
  nextDueAt: clock.now() + 3_600_000,
});

const unreachable = () => Promise.reject(new Error('the fuzzed call got further than it may'));

/** The whole handler; only the table and the network are not there. */
function createGateway() {
  const sent: SentCall[] = [];
  const lines: string[] = [];
  const api = {
    connectAhead: () => undefined,
    attempt: async (origin: string, request: SentCall['request']) => {
      sent.push({ origin, request });
      return { status: 200, headers: [], body: Buffer.from('{"errcode":0}'), origin };
    },
  };
  const handler = createHandler({
    ...unreachableParts(unreachable),
    clock,
    random: () => 0.5,
    pathPrefix: '',
    doors: 'both',
    callers: { find: async (id) => (id === callerId ? caller : undefined) },
    reader: { get: async () => state, reread: unreachable },
    limiter: { admit: async () => undefined },
    keyUse: { readAhead: () => undefined, note: async () => undefined },
    quotas: { get: async () => quotaPlan(undefined, NOTHING_LEARNT) },
    learntQuotas: { markCleared: unreachable },
    usage: { count: () => undefined, refuse: () => undefined, flush: async () => undefined },
    usageReader: { get: unreachable },
    upstream: createUpstream({ api, origins: [ORIGIN, 'https://api2.weixin.qq.com'], clock }),
    report: createReport({ write: (line) => void lines.push(line), stage: 'test', clock }),
  });
  return { handler, sent, lines };
}

/** Decoded twice and cut at a decoded `?`, as API Gateway does; as it is when it cannot be decoded, which API Gateway would refuse. */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(decodeURIComponent(path)).split('?', 1)[0] ?? '';
  } catch {
    // A path that no decoder takes must be stopped by the gateway too.
    return path;
  }
}

function eventFor({ method, path, query, headers, body }: HostileCall, decode: boolean): APIGatewayProxyEventV2 {
  const byName: Record<string, string> = { authorization: '' };
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    byName[lower] = Object.hasOwn(byName, lower) && byName[lower] !== '' ? `${byName[lower]},${value}` : value;
  }
  const call = { method, path: decode ? decodedPath(path) : path, query, headers: byName };
  return eventOf(body === undefined ? call : { ...call, body }, '');
}

const context = { getRemainingTimeInMillis: () => 29_000 } as Context;

describe('a hundred thousand hostile calls', () => {
  it('send nothing but what was asked for, to WeChat only, with our token once and no credential of the caller', async () => {
    const { handler, sent, lines } = createGateway();
    const seen = { sent: 0, refused: new Map<unknown, number>() };
    const calls = hostileCalls({ callerKey, appId: APP_ID, forbiddenHost: 'evil.example' });
    const oneInFourIsFalse = fc.nat(3).map((number) => number !== 0);
    const property = fc.asyncProperty(calls, oneInFourIsFalse, async (call, decode) => {
      sent.length = 0;
      lines.length = 0;
      const event = eventFor(call, decode);
      const answer = await handler(event, context as never);
      const { rawPath, rawQueryString, requestContext } = event;
      const body = Buffer.from(event.body ?? '', 'base64');
      const asked = { method: requestContext.http.method, path: rawPath, query: rawQueryString, body };
      expect(sent.flatMap((one) => violationsOf(asked, one, rules))).toEqual([]);
      expect(sent.length).toBeLessThanOrEqual(1);
      const shown = JSON.stringify([answer, lines]);
      expect([TOKEN, callerKey].filter((secret) => shown.includes(secret))).toEqual([]);
      const cause = answer.headers['x-gateway-error'];
      expect(cause).not.toBe('internal-error');
      expect(cause === undefined ? 1 : 0).toBe(sent.length);
      seen.sent += sent.length;
      if (cause !== undefined) seen.refused.set(cause, (seen.refused.get(cause) ?? 0) + 1);
    });
    await fc.assert(property, { numRuns: RUNS });
    // A fuzzer whose calls all end at the first check shows nothing.
    expect(seen.sent).toBeGreaterThan(RUNS / 4);
    expect([...seen.refused.keys()]).toEqual(
      expect.arrayContaining(['never-forwarded', 'not-granted', 'malformed-path', 'double-slash', 'malformed-header']),
    );
  });
});

describe('the judge of the hostile calls', () => {
  const asked = { method: 'GET', path: '/cgi-bin/user/info', query: 'a=1&b=2', body: Buffer.alloc(0) };
  const good = {
    method: 'GET',
    path: asked.path,
    query: `access_token=${TOKEN}&a=1&b=2`,
    headers: { 'accept-encoding': 'identity' },
    body: undefined,
  } as const;

  it('finds nothing wrong with a good call', () => {
    expect(violationsOf(asked, { origin: ORIGIN, request: good }, rules)).toEqual([]);
  });

  it.each<[string, Partial<SentCall['request']>]>([
    ['another path', { path: '/cgi-bin/user/get' }],
    ['a second access_token', { query: `${good.query}&access_token=x` }],
    ['a caller\u2019s secret', { query: `${good.query}&%73ecret=x` }],
    ['no token', { query: 'a=1' }],
    ['a parameter that nobody sent', { query: `${good.query}&c=3` }],
    ['a header off the list', { headers: { ...good.headers, cookie: 'a=b' } }],
    ['the caller key', { headers: { ...good.headers, accept: callerKey } }],
    ['a split header', { headers: { ...good.headers, accept: 'a\r\nb: c' } }],
    ['another method', { method: 'POST', body: Buffer.alloc(0) }],
    ['a body that nobody sent', { body: Buffer.from('x') }],
  ])('finds %s', (_, changed) => {
    expect(violationsOf(asked, { origin: ORIGIN, request: { ...good, ...changed } }, rules)).not.toEqual([]);
  });

  it('finds another host, and a path that a URL parser reads as another', () => {
    expect(violationsOf(asked, { origin: 'https://evil.example', request: good }, rules)).not.toEqual([]);
    const path = '/cgi-bin/../sns/userinfo';
    expect(violationsOf({ ...asked, path }, { origin: ORIGIN, request: { ...good, path } }, rules)).not.toEqual([]);
  });

  it.each([
    'access_token',
    'ACCESS_TOKEN',
    '%61ccess_token',
    '%2561ccess_token',
    '%252561ccess_token',
    'access_token[]',
    'access.token',
    'access%20token',
    'access_token%00x',
    '+access_token',
    '%20secret',
    'appsecret[0]',
    'a%26secret',
  ])('takes %s for a credential', (name) => {
    expect(credentialNames(`a=1&${name}=x`)).not.toEqual([]);
    expect(credentialNames(`a=1;${name}=x`)).not.toEqual([]);
  });
});

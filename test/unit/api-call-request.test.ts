import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, MalformedEvent, parseCallEvent } from '#shared/api-call/request.ts';

interface Changes {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: APIGatewayProxyEventV2['headers'];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

function eventWith(changes: Changes = {}): APIGatewayProxyEventV2 {
  const {
    method = 'GET',
    path = '/cgi-bin/menu/get',
    query = '',
    headers = {},
    body,
    isBase64Encoded = false,
  } = changes;
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.7', userAgent: 'sdk' };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'gateway.example',
      domainPrefix: 'gateway',
      http,
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '20/Nov/2026:12:00:00 +0000',
      timeEpoch: 1_795_176_000_000,
    },
    isBase64Encoded,
    ...(body === undefined ? {} : { body }),
  };
}

const parse = (event: APIGatewayProxyEventV2, pathPrefix: string) => parseCallEvent(event, pathPrefix, 'key');
const parseChanged = (changed: object) => parse({ ...eventWith(), ...changed }, '');
const refused = (cause: string) => expect.objectContaining({ name: 'Refusal', cause });

describe('a call event', () => {
  it('becomes a request', () => {
    const event = eventWith({ query: 'a=%2f&a=+', headers: { accept: '*/*', 'X-WeChat-AppId': 'wx1' } });
    expect(parse(event, '')).toEqual({
      method: 'GET',
      path: '/cgi-bin/menu/get',
      role: undefined,
      query: 'a=%2f&a=+',
      headers: { accept: '*/*', 'x-wechat-appid': 'wx1' },
      body: undefined,
      requestId: 'request-1',
    });
  });

  it('loses the path prefix before anything is checked', () => {
    expect(parse(eventWith({ path: '/wechat/cgi-bin/menu/get' }), '/wechat').path).toBe('/cgi-bin/menu/get');
  });

  it.each([
    ['/cgi-bin/menu/get', 'outside-path-prefix'],
    ['/WeChat/cgi-bin/menu/get', 'outside-path-prefix'],
    ['/wechat', 'outside-path-prefix'],
    ['/wechat/', 'malformed-path'],
    ['/wechat//cgi-bin/menu/get', 'double-slash'],
    ['//wechat/cgi-bin/menu/get', 'double-slash'],
    ['/wechat/../cgi-bin', 'malformed-path'],
  ])('under the prefix /wechat, %s is refused as %s', (path, cause) => {
    expect(() => parse(eventWith({ path }), '/wechat')).toThrow(refused(cause));
  });

  it('has its path checked before its method, and that before its query and body', () => {
    const body = 'x'.repeat(MAX_BODY_BYTES + 1);
    expect(() => parse(eventWith({ path: '//x', method: 'PUT', query: '#', body }), '')).toThrow(
      refused('double-slash'),
    );
    expect(() => parse(eventWith({ method: 'PUT', query: '#', body }), '')).toThrow(refused('method-not-allowed'));
    expect(() => parse(eventWith({ method: 'POST', query: '#', body }), '')).toThrow(refused('malformed-query'));
    expect(() => parse(eventWith({ method: 'POST', body }), '')).toThrow(refused('body-too-large'));
  });

  it.each(['PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'get', ''])('is refused with the method %j', (method) => {
    expect(() => parse(eventWith({ method }), '')).toThrow(refused('method-not-allowed'));
  });

  it('has an empty body when a POST brings none', () => {
    expect(parse(eventWith({ method: 'POST' }), '').body).toEqual(Buffer.alloc(0));
  });

  it('drops the body of a GET, however large', () => {
    const event = eventWith({ method: 'GET', body: 'x'.repeat(MAX_BODY_BYTES + 1) });
    expect(parse(event, '').body).toBeUndefined();
  });

  it('takes bodies of up to 4,000,000 bytes, counted after decoding', () => {
    const largest = Buffer.alloc(MAX_BODY_BYTES, 0xff);
    const base64 = { method: 'POST', isBase64Encoded: true };
    expect(parse(eventWith({ ...base64, body: largest.toString('base64') }), '').body?.byteLength).toBe(MAX_BODY_BYTES);
    const larger = Buffer.concat([largest, Buffer.alloc(1)]).toString('base64');
    expect(() => parse(eventWith({ ...base64, body: larger }), '')).toThrow(refused('body-too-large'));
    const chinese = '\u4e2d'.repeat(Math.ceil(MAX_BODY_BYTES / 3));
    expect(() => parse(eventWith({ method: 'POST', body: chinese }), '')).toThrow(refused('body-too-large'));
  });

  it('joins headers that differ only in the case of their names', () => {
    const headers = { Authorization: 'Bearer a', authorization: 'Bearer b' };
    expect(parse(eventWith({ headers }), '').headers['authorization']).toBe('Bearer a,Bearer b');
  });

  it('leaves out a header without a value', () => {
    expect(parse(eventWith({ headers: { Accept: '*/*', accept: undefined } }), '').headers).toEqual({ accept: '*/*' });
  });

  it('takes a header named __proto__ for a header', () => {
    const headers = Object.fromEntries([['__proto__', 'x']]);
    expect(Object.entries(parse(eventWith({ headers }), '').headers)).toEqual([['__proto__', 'x']]);
  });
});

describe('an event of another kind', () => {
  it.each([
    ['payload format 1.0', { version: '1.0' }, /payload format 2\.0/],
    ['no rawPath', { rawPath: undefined }, /rawPath/],
    ['no rawQueryString', { rawQueryString: undefined }, /rawQueryString/],
    ['no headers', { headers: undefined }, /headers/],
    ['a header that is no text', { headers: { accept: 7 } }, /headers/],
    ['a body that is no text', { body: [97] }, /body/],
    ['no request context', { requestContext: undefined }, /requestContext\.requestId/],
    ['null for a request context', { requestContext: null }, /requestContext\.requestId/],
    ['no http part', { requestContext: { requestId: 'x' } }, /requestContext\.http\.method/],
  ])('(%s) is an error that says so', (_, changed, text) => {
    expect(() => parseChanged(changed)).toThrow(MalformedEvent);
    expect(() => parseChanged(changed)).toThrow(expect.objectContaining({ name: 'MalformedEvent' }));
    expect(() => parseChanged(changed)).toThrow(text);
  });
});

const ROLE = 'AROAEXAMPLEROLE01234';
const signedEvent = (userId: unknown, path = '/iam/cgi-bin/menu/get') => {
  const event = eventWith({ path });
  return { ...event, requestContext: { ...event.requestContext, authorizer: { iam: { userId } } } } as never;
};

describe('the doors', () => {
  it('under /iam tell the role that API Gateway found to have signed, and the path behind them', () => {
    expect(parseCallEvent(signedEvent(`${ROLE}:any:session`), '', 'both')).toMatchObject({
      path: '/cgi-bin/menu/get',
      role: ROLE,
    });
    expect(parseCallEvent(signedEvent(ROLE, '/wechat/iam/x'), '/wechat', 'iam')).toMatchObject({
      path: '/x',
      role: ROLE,
    });
  });

  it('take the role from nowhere else', () => {
    expect(parseCallEvent(signedEvent(ROLE, '/cgi-bin/menu/get'), '', 'both').role).toBeUndefined();
    const headers = { 'x-amz-user-id': ROLE, authorization: `AWS4-HMAC-SHA256 Credential=${ROLE}` };
    expect(() => parseCallEvent(eventWith({ path: '/iam/x', headers }), '', 'both')).toThrow(refused('not-signed'));
  });

  it.each([
    ['a path under /iam that nobody signed', '/iam/x', 'both', undefined, 'not-signed'],
    ['a path under /iam where that door is shut', '/iam/x', 'key', ROLE, 'not-signed'],
    ['any other path where only signed calls go', '/x', 'iam', undefined, 'signed-only'],
    ['a signature of a user', '/iam/x', 'both', 'AIDAEXAMPLEUSER01234', 'unknown-role'],
    ['a path that is only like it', '/iamx', 'iam', ROLE, 'signed-only'],
  ] as const)('refuse %s', (_, path, doors, userId, cause) => {
    expect(() => parseCallEvent(signedEvent(userId, path), '', doors)).toThrow(refused(cause));
  });
});

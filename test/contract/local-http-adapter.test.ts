import { once } from 'node:events';
import { connect } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as fc from 'fast-check';
import { Client, request } from 'undici';
import { afterEach, expect, it, vi } from 'vitest';
import { startHttpAdapter } from '../../infra/local/http-adapter.ts';
import type { LoopbackServer } from '../../infra/local/loopback-server.ts';

const onFunctionError = vi.fn<(error: unknown) => void>();
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  onFunctionError.mockReset();
  await Promise.all(cleanups.splice(0).map(async (clean) => clean()));
});

async function start(handler: (event: APIGatewayProxyEventV2) => unknown, timeoutMs = 30_000): Promise<LoopbackServer> {
  const adapter = await startHttpAdapter({ function: { name: 'call', timeoutMs, handler }, onFunctionError });
  cleanups.push(() => adapter.close(0));
  return adapter;
}

/** An adapter whose function shows its event. */
const startEcho = () => start((event) => ({ statusCode: 200, body: JSON.stringify(event) }));

/** Sends the very bytes, on a connection of its own, and reads all that comes back. */
async function exchange(endpoint: string, ...parts: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  let received = '';
  socket.on('data', (text) => {
    received += String(text);
  });
  socket.write(parts.join('\r\n'), 'latin1');
  await once(socket, 'close');
  return received;
}

async function eventOf(endpoint: string, ...parts: readonly string[]): Promise<APIGatewayProxyEventV2> {
  const answer = await exchange(endpoint, ...parts);
  return JSON.parse(Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1').toString());
}

const get = (endpoint: string, target: string, ...headers: readonly string[]) =>
  exchange(endpoint, `GET ${target} HTTP/1.1`, 'Host: gateway.example:8787', ...headers, 'Connection: close', '', '');
const eventOfGet = (endpoint: string, target: string, ...headers: readonly string[]) =>
  eventOf(endpoint, `GET ${target} HTTP/1.1`, 'Host: gateway.example:8787', ...headers, 'Connection: close', '', '');

it('makes an event of payload format 2.0 for the $default route and stage', async () => {
  const { endpoint } = await startEcho();
  const event = await eventOfGet(endpoint, '/cgi-bin/user/info?openid=o1&lang=zh_CN', 'User-Agent: probe/1');
  const { requestId, time, timeEpoch } = event.requestContext;
  expect(event).toEqual({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/cgi-bin/user/info',
    rawQueryString: 'openid=o1&lang=zh_CN',
    headers: { host: 'gateway.example:8787', 'user-agent': 'probe/1', 'content-type': expect.any(String) },
    queryStringParameters: { openid: 'o1', lang: 'zh_CN' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: 'gateway.example',
      domainPrefix: 'gateway',
      http: {
        method: 'GET',
        path: '/cgi-bin/user/info',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'probe/1',
      },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time,
      timeEpoch,
    },
    isBase64Encoded: false,
  });
  expect(time).toMatch(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/);
  expect(requestId).not.toBe('');
});

it.each([
  ['/cgi-bin//menu/../get', '/cgi-bin//menu/../get'],
  ['/a%2Fb', '/a/b'],
  ['/a%252Fb', '/a/b'],
  ['/%E4%BD%A0', '/你'],
  ['/a%3Fb=1', '/a'],
  ['/a%253Fb=1?c=2', '/a'],
])('decodes the path %s twice, to %s', async (target, rawPath) => {
  const { endpoint } = await startEcho();
  expect((await eventOfGet(endpoint, target)).rawPath).toBe(rawPath);
});

it.each(['/%', '/%zz', '/%25', '/%2525zz%25', '/%E4%BD', 'http://elsewhere.example/x'])(
  'refuses the path %s with 400',
  async (target) => {
    const { endpoint } = await startEcho();
    const answer = await get(endpoint, target);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/\r\n\r\n\{"message":"Bad Request"\}$/);
  },
);

it('answers every path with an event or a 400, and leaves the query untouched', async () => {
  const { endpoint } = await startEcho();
  const client = new Client(endpoint);
  cleanups.push(() => client.close());
  const text = fc.string({ unit: fc.constantFrom('%', '2', '5', 'F', 'f', '3', '/', '?', '.', '+', '&', '=', 'z') });
  await fc.assert(
    fc.asyncProperty(text, text, async (path, query) => {
      const answer = await client.request({ method: 'GET', path: `/${path}?${query}` });
      const body = await answer.body.text();
      const expected = `${path}?${query}`.slice(path.indexOf('?') < 0 ? path.length + 1 : path.indexOf('?') + 1);
      const isRefused = answer.statusCode === 400 && body === '{"message":"Bad Request"}';
      expect(isRefused || JSON.parse(body).rawQueryString === expected).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('keeps order, duplicates, plus signs, escapes and empty values of the query', async () => {
  const { endpoint } = await startEcho();
  const event = await eventOfGet(endpoint, '/a?b=2&a=1+1&b=%2F&c=&?&%zz');
  expect(event.rawQueryString).toBe('b=2&a=1+1&b=%2F&c=&?&%zz');
  expect(event.queryStringParameters).toMatchObject({ a: '1 1', b: '2,/', c: '' });
});

it('joins duplicate headers with a comma and takes the cookies out', async () => {
  const { endpoint } = await startEcho();
  const headers = ['X-Tag: 1', 'x-tag: 2', 'Constructor: c', 'Cookie: a=1; b=2', 'Cookie: c=3', 'Content-Type: x/y'];
  const event = await eventOfGet(endpoint, '/', ...headers);
  expect(event.headers).toEqual({
    host: 'gateway.example:8787',
    'x-tag': '1,2',
    constructor: 'c',
    'content-type': 'x/y',
  });
  expect(event.cookies).toEqual(['a=1', 'b=2', 'c=3']);
});

it.each([
  ['text/plain', true],
  ['text/plain; charset=utf-8', true],
  ['application/json', true],
  ['Application/JSON;charset=UTF-8', true],
  ['application/xml', true],
  ['text/html', true],
  ['text/html; charset=utf-8', false],
  ['application/x-www-form-urlencoded', false],
  ['multipart/form-data; boundary=x', false],
  ['image/png', false],
])('hands over a body of type %s as text: %s', async (type, isText) => {
  const { endpoint } = await startEcho();
  const answer = await request(endpoint, { method: 'POST', headers: { 'content-type': type }, body: '{"好":1}' });
  const event = JSON.parse(await answer.body.text());
  expect(event.isBase64Encoded).toBe(!isText);
  expect(event.body).toBe(isText ? '{"好":1}' : Buffer.from('{"好":1}').toString('base64'));
});

it('hands over a body without a content type as base64 and adds no type', async () => {
  const { endpoint } = await startEcho();
  const event = JSON.parse(
    await (await request(endpoint, { method: 'POST', body: Buffer.from([0, 255]) })).body.text(),
  );
  expect(event).toMatchObject({ isBase64Encoded: true, body: 'AP8=' });
  expect(event.headers).not.toHaveProperty('content-type');
});

it('puts a chunked body together', async () => {
  const { endpoint } = await startEcho();
  const head = ['POST / HTTP/1.1', 'Host: x', 'Content-Type: text/plain', 'Transfer-Encoding: chunked'];
  const event = await eventOf(endpoint, ...head, 'Connection: close', '', '2', 'ab', '1', 'c', '0', '', '');
  expect(event.body).toBe('abc');
  expect(event.headers).not.toHaveProperty('transfer-encoding');
});

it('gives an empty body as none, with a content type added', async () => {
  const { endpoint } = await startEcho();
  const event = JSON.parse(await (await request(endpoint, { method: 'POST', body: '' })).body.text());
  expect(event).not.toHaveProperty('body');
  expect(event.headers).toHaveProperty('content-type');
});

it('lets 10,240 bytes of request line and header values through and refuses one more', async () => {
  const { endpoint } = await startEcho();
  const rest = 'GET / HTTP/1.1'.length + 'gateway.example:8787'.length + 'close'.length;
  const fits = `X-Fill: ${'x'.repeat(10_240 - rest)}`;
  expect(await get(endpoint, '/', fits)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await get(endpoint, '/', `${fits}x`)).toMatch(/^HTTP\/1\.1 431 /);
  expect(await get(endpoint, '/', `X-Fill: ${'x'.repeat(100_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
});

it.each([10 * 1024 * 1024 + 1, 5_000_000])(
  'refuses a binary body of %i bytes, which Lambda cannot take',
  async (size) => {
    const { endpoint } = await startEcho();
    const answer = await request(endpoint, { method: 'POST', body: Buffer.alloc(size) });
    expect(answer.statusCode).toBe(413);
    expect(await answer.body.text()).toBe('{"message":"Request Entity Too Large"}');
  },
);

it('hands a binary body of 4,000,000 bytes over and back byte for byte', async () => {
  const { endpoint } = await start((event) => ({ statusCode: 200, body: event.body, isBase64Encoded: true }));
  const sent = Buffer.alloc(
    4_000_000,
    Uint8Array.from({ length: 256 }, (_, byte) => byte),
  );
  const answer = await request(endpoint, { method: 'POST', body: sent });
  expect(answer.headers['content-length']).toBe('4000000');
  expect(Buffer.from(await answer.body.arrayBuffer()).equals(sent)).toBe(true);
});

it('draws the line at an event of 6,291,556 bytes exactly', async () => {
  let eventBytes = 0;
  const { endpoint } = await start((event) => {
    eventBytes = Buffer.byteLength(JSON.stringify(event));
    return { statusCode: 200 };
  });
  const post = async (length: number) => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await request(endpoint, { method: 'POST', headers, body: 'x'.repeat(length) });
    await answer.body.dump();
    return answer.statusCode;
  };
  expect(await post(6_000_000)).toBe(200);
  const largest = 6_000_000 + 6_291_556 - eventBytes;
  expect(await post(largest)).toBe(200);
  expect(eventBytes).toBe(6_291_556);
  expect(await post(largest + 1)).toBe(413);
});

it('sends status, headers in their spelling, cookies and a decoded body', async () => {
  const { endpoint } = await start(() => ({
    statusCode: 201,
    headers: { 'Wechatmp-Serial': 'S1', 'x-count': 2, 'content-length': '999', connection: 'upgrade' },
    cookies: ['a=1', 'b=2; Path=/'],
    body: Buffer.from([0, 255]).toString('base64'),
    isBase64Encoded: true,
  }));
  const answer = await get(endpoint, '/');
  expect(answer).toMatch(/^HTTP\/1\.1 201 /);
  expect(answer).toContain('\r\nWechatmp-Serial: S1\r\n');
  expect(answer).toContain('\r\nx-count: 2\r\n');
  expect(answer).toContain('\r\nset-cookie: a=1\r\nset-cookie: b=2; Path=/\r\n');
  expect(answer).toContain('\r\ncontent-type: text/plain; charset=utf-8\r\n');
  expect(answer).toContain('\r\ncontent-length: 2\r\n');
  expect(answer).not.toContain('upgrade');
  expect(answer.endsWith('\r\n\r\n\u0000\u00ff')).toBe(true);
});

it.each([
  ['hello', 'hello'],
  [{ ok: true }, '{"ok":true}'],
  [undefined, 'null'],
])('takes an answer without statusCode, %j, for the JSON body of a 200', async (returned, body) => {
  const { endpoint } = await start(() => returned);
  const answer = await request(endpoint);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(await answer.body.text()).toBe(body);
});

it.each([
  [{ statusCode: '200' }, 'statusCode'],
  [{ statusCode: 99 }, 'statusCode'],
  [{ statusCode: 200, body: { a: 1 } }, 'body must be a string'],
  [{ statusCode: 200, body: 'not base64!', isBase64Encoded: true }, 'not base64'],
  [{ statusCode: 200, headers: { a: ['b'] } }, 'headers'],
  [{ statusCode: 200, headers: { a: 'b\r\nc: d' } }, 'Invalid character'],
  [{ statusCode: 200, cookies: 'a=1' }, 'cookies'],
  [{ statusCode: 200, body: 'x'.repeat(6_291_556) }, 'larger than Lambda'],
  [{ statusCode: 200, body: 'A'.repeat(6_291_556), isBase64Encoded: true }, 'larger than Lambda'],
])('answers 500 for an invalid answer and tells the callback why (%#)', async (returned, reason) => {
  const { endpoint } = await start(() => returned);
  const answer = await request(endpoint);
  expect(answer.statusCode).toBe(500);
  expect(await answer.body.text()).toBe('{"message":"Internal Server Error"}');
  expect(String(onFunctionError.mock.calls[0]?.[0])).toContain(reason);
});

it('answers 500 for a failing function and shows the error to the callback alone', async () => {
  const { endpoint } = await start(() => Promise.reject(new Error('canary')));
  const answer = await get(endpoint, '/');
  expect(answer).toMatch(/^HTTP\/1\.1 500 /);
  expect(answer).not.toContain('canary');
  expect(onFunctionError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'canary' }));
});

it('answers 503 when the function times out', async () => {
  const { endpoint } = await start(() => new Promise(() => {}), 20);
  const answer = await request(endpoint);
  expect(answer.statusCode).toBe(503);
  expect(await answer.body.text()).toBe('{"message":"Service Unavailable"}');
  expect(String(onFunctionError.mock.calls[0]?.[0])).toContain('Task timed out after 0.02 seconds');
});

it('does not start the function for a client that hangs up before its body is complete', async () => {
  const handler = vi.fn<() => unknown>(() => ({ statusCode: 200 }));
  const { endpoint } = await start(handler);
  const { hostname, port } = new URL(endpoint);
  const socket = connect(Number(port), hostname);
  const half = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf';
  socket.write(half, () => socket.resetAndDestroy());
  await once(socket, 'close');
  await (await request(endpoint)).body.dump();
  expect(handler).toHaveBeenCalledTimes(1);
});

it('finishes calls in flight when it closes, and then every connection ends', async () => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const adapter = await start(async () => {
    enter();
    await released;
    return { statusCode: 200, body: 'done' };
  });
  // Without `Connection: close`: the exchange ends only because the adapter ends the connection.
  const inFlight = exchange(adapter.endpoint, 'GET / HTTP/1.1', 'Host: x', '', '');
  await entered;
  const closed = adapter.close(30_000);
  release();
  await closed;
  expect(await inFlight).toMatch(/^HTTP\/1\.1 200 [\s\S]*done$/);
});

it('drops calls that outlast the grace', async () => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const adapter = await start(() => {
    enter();
    return new Promise(() => {});
  });
  const inFlight = exchange(adapter.endpoint, 'GET / HTTP/1.1', 'Host: x', '', '');
  await entered;
  await adapter.close(1);
  expect(await inFlight).toBe('');
});

it('names the port when another program has it', async () => {
  const { endpoint } = await startEcho();
  const port = Number(new URL(endpoint).port);
  const second = startHttpAdapter({
    function: { name: 'call', timeoutMs: 1, handler: () => 1 },
    port,
    onFunctionError,
  });
  await expect(second).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
});

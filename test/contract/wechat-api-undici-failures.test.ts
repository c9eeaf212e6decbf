import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { UpstreamFailureKind, UpstreamRequest } from '#shared/wechat/wechat-api.ts';
import { answering, closed, failureOf, OK, outcomeOf, serve, setUp, TOKEN } from './undici-attempts.ts';

describe('a failure', () => {
  it.each<[string, UpstreamFailureKind, (socket: Socket) => void]>([
    ['a reset before the answer', 'reset', (socket) => socket.resetAndDestroy()],
    ['an end before the answer', 'reset', (socket) => socket.end()],
    ['a body cut short by an end', 'reset', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}')],
    [
      'a body cut short by a reset',
      'reset',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}', () => socket.resetAndDestroy()),
    ],
    [
      'a chunked body cut short',
      'reset',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}'),
    ],
    [
      'a chunked body cut short where the connection would close anyway',
      'reset',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}'),
    ],
    ['headers cut short', 'reset', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
    ['something that is not HTTP', 'malformed', (socket) => socket.write(`SSH-2.0 ${TOKEN}\r\n\r\n`)],
    ['a bad header', 'malformed', (socket) => socket.write(`HTTP/1.1 200 OK\r\n${TOKEN} x\u0000: 1\r\n\r\n`)],
    ['endless headers', 'malformed', (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`)],
  ])('after sending: %s is %s', async (_what, kind, react) => {
    const server = await serve(react);
    expect(await outcomeOf(setUp().attempt(server.origin))).toEqual([kind, 'sent']);
    expect(await outcomeOf(setUp().attempt(server.origin, { method: 'POST', body: Buffer.alloc(100) }))).toEqual([
      kind,
      'sent',
    ]);
  });

  it('before sending: a refused connection', async () => {
    const server = await answering(OK);
    await server.close();
    const failure = await failureOf(setUp().attempt(server.origin));
    expect([failure.kind, failure.sent, failure.cause]).toEqual(['connect', false, 'ECONNREFUSED']);
  });

  it('before sending: a name that does not resolve', async () => {
    const failure = await failureOf(setUp().attempt('http://no-such-host.invalid'));
    expect(failure.sent).toBe(false);
    // A resolver that cannot be reached may take longer than connecting may.
    expect(['dns', 'connect-timeout']).toContain(failure.kind);
  });

  it('is a first byte that does not come, and the connection is dropped', async () => {
    const server = await serve(() => {});
    expect(await outcomeOf(setUp().attempt(server.origin, {}, { firstByteTimeoutMs: 20 }))).toEqual([
      'first-byte-timeout',
      'sent',
    ]);
    expect(await closed(server.sockets[0])).toBe(true);
  });

  it('is the same whatever becomes of the clock while the attempt runs: back, and the answer never ends', async () => {
    const { clock, attempt } = setUp();
    const server = await answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{');
    const onSend = () => void (clock.time -= 60_000);
    const limits = { firstByteTimeoutMs: 5_000, deadline: clock.now() + 200, onSend };
    expect(await outcomeOf(attempt(server.origin, {}, limits))).toEqual(['deadline', 'sent']);
  });

  it('is the same whatever becomes of the clock while the attempt runs: ahead, and no byte comes', async () => {
    const { clock, attempt } = setUp();
    const server = await serve(() => {});
    const onSend = () => void (clock.time += 60_000);
    const limits = { firstByteTimeoutMs: 20, deadline: clock.now() + 10_000, onSend };
    expect(await outcomeOf(attempt(server.origin, {}, limits))).toEqual(['first-byte-timeout', 'sent']);
  });

  it('is the deadline, for an answer that began in time and never ends', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
      const drip = () => !socket.destroyed && socket.write('x', () => setImmediate(drip));
      drip();
    });
    const { attempt, clock } = setUp();
    const limits = { firstByteTimeoutMs: 20_000, deadline: clock.now() + 100 };
    expect(await outcomeOf(attempt(server.origin, {}, limits))).toEqual(['deadline', 'sent']);
  });

  it('is the deadline, with nothing sent, when it has passed already', async () => {
    const server = await answering(OK);
    const { attempt, clock } = setUp();
    expect(await outcomeOf(attempt(server.origin, {}, { deadline: clock.now() }))).toEqual(['deadline', 'not sent']);
    expect(server.sockets).toHaveLength(0);
  });

  it('does not disturb the calls beside it', async () => {
    const server = await serve((socket, request) =>
      request.includes('openid=bad') ? socket.resetAndDestroy() : setImmediate(() => socket.write(OK)),
    );
    const { attempt } = setUp();
    const queries = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'openid=bad' : 'openid=good'));
    const outcomes = await Promise.allSettled(queries.map((query) => attempt(server.origin, { query })));
    expect(outcomes.map(({ status }) => status)).toEqual(
      queries.map((q) => (q === 'openid=bad' ? 'rejected' : 'fulfilled')),
    );
    expect(server.requests).toHaveLength(40);
  });
});

describe('giving up just before sending', () => {
  it('sends nothing, rethrows what onSend threw and leaves connections usable', async () => {
    const server = await answering(OK);
    const { attempt } = setUp();
    await attempt(server.origin);
    const reason = new Error('the lease would end first');
    const onSend = () => {
      throw reason;
    };
    const givenUp = await Promise.all(
      Array.from({ length: 20 }, () => attempt(server.origin, {}, { onSend }).catch((error: unknown) => error)),
    );
    expect(givenUp.every((error) => error === reason)).toBe(true);
    await Promise.all(Array.from({ length: 20 }, () => attempt(server.origin)));
    expect(server.requests).toHaveLength(21);
  });

  it('calls onSend once for a request that goes out', async () => {
    const server = await answering(OK);
    let calls = 0;
    await setUp().attempt(server.origin, {}, { onSend: () => (calls += 1) });
    expect(calls).toBe(1);
  });
});

describe("a programmer's error", () => {
  it.each<[string, Partial<UpstreamRequest>]>([
    ['a path without its slash', { path: 'cgi-bin' }],
    ['a path that is another host', { path: 'http://other/x' }],
    ['a path with a query', { path: `/x?access_token=${TOKEN}` }],
    ['a path with a line break', { path: `/x\r\n${TOKEN}` }],
    ['a query with a space', { query: `${TOKEN} HTTP/1.1` }],
    ['a query beyond latin1', { query: `${TOKEN}\u4e2d` }],
    ['a header value with a line break', { headers: { accept: `a\r\nx: ${TOKEN}` } }],
    ['a header value beyond latin1', { headers: { accept: `${TOKEN}\u4e2d` } }],
    ['a header name in capitals', { headers: { [`X-${TOKEN}`]: '1' } }],
    ['a host header', { headers: { host: TOKEN } }],
    ['a content-length', { headers: { 'content-length': '5' } }],
    ['a transfer-encoding', { headers: { 'transfer-encoding': 'chunked' } }],
    ['a GET with a body', { body: Buffer.from(TOKEN) }],
  ])('%s is refused before anything is sent, without quoting it', async (_what, request) => {
    const server = await answering(OK);
    const { attempt } = setUp();
    const error: unknown = await attempt(server.origin, request).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TypeError);
    expect(inspect(error, { depth: 20 })).not.toContain(TOKEN);
    expect(server.sockets).toHaveLength(0);
    expect((await attempt(server.origin)).status).toBe(200);
  });

  it.each(['', 'api.weixin.qq.com', 'https://a.example/', 'https://a.example/x', 'ftp://a.example'])(
    'is the origin "%s"',
    async (origin) => {
      await expect(setUp().attempt(origin)).rejects.toThrow(TypeError);
    },
  );
});

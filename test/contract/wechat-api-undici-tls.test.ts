import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { UpstreamFailure, type UpstreamRequest } from '#shared/wechat/wechat-api.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { selfSignedCertificate } from '../self-signed-certificate.ts';

const GET: UpstreamRequest = { method: 'GET', path: '/x', query: '', headers: {}, body: undefined };
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
const certificate = selfSignedCertificate('localhost');
const sockets = new Set<Socket>();
const closers: (() => unknown)[] = [];

afterEach(() => {
  closers.splice(0).forEach((close) => close());
  sockets.forEach((socket) => socket.destroy());
  sockets.clear();
});

/** A TLS server behind a TCP listener that may hold connections back before the handshake. */
const startTlsServer = async (accept: (handshake: () => void) => void) => {
  const sessions: TLSSocket[] = [];
  const resumed: boolean[] = [];
  const requests: string[] = [];
  const tls = createTlsServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    sessions.push(socket);
    resumed.push(socket.isSessionReused());
    socket.on('data', (data) => {
      requests.push(data.toString());
      socket.write(OK);
    });
    // Fine: clients in these tests give up in the middle.
    socket.on('error', () => {});
  });
  const tcp = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    accept(() => tls.emit('connection', socket));
  });
  closers.push(() => tcp.close());
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const address = tcp.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { port, sessions, resumed, requests };
};

const setUp = (ca?: string) => {
  const clock = { time: 1_750_000_000_000, now: () => clock.time, sleep: () => Promise.reject(new Error('unused')) };
  const api = createUndiciWechatApi({ clock, ...(ca === undefined ? {} : { connect: { ca } }) });
  const attempt = (origin: string, leftMs = 20_000) =>
    api.attempt(origin, GET, { firstByteTimeoutMs: 20_000, deadline: clock.now() + leftMs, maxAnswerBytes: 1_000 });
  const outcome = (origin: string, leftMs?: number) =>
    attempt(origin, leftMs).then(
      ({ status }) => status,
      (error: unknown) => (error instanceof UpstreamFailure ? `${error.kind} ${error.sent}` : error),
    );
  return { clock, attempt, outcome, connectAhead: (origin: string) => api.connectAhead(origin) };
};

describe('TLS', () => {
  it('speaks HTTP/1.1 even to a server that prefers HTTP/2', async () => {
    const server = await startTlsServer((handshake) => handshake());
    const { outcome } = setUp(certificate.cert);
    expect(await outcome(`https://localhost:${server.port}`)).toBe(200);
    expect(server.sessions.map(({ alpnProtocol }) => alpnProtocol)).toEqual(['http/1.1']);
  });

  it('resumes the session on the connections of a fresh pool', async () => {
    const server = await startTlsServer((handshake) => handshake());
    const { outcome, clock } = setUp(certificate.cert);
    await outcome(`https://localhost:${server.port}`);
    await nextTurn();
    clock.time += 10_000;
    expect(await outcome(`https://localhost:${server.port}`)).toBe(200);
    expect(server.resumed).toEqual([false, true]);
  });

  it('refuses a certificate nobody vouches for, before sending', async () => {
    const server = await startTlsServer((handshake) => handshake());
    expect(await setUp().outcome(`https://localhost:${server.port}`)).toBe('tls false');
    expect(server.requests).toEqual([]);
  });

  it('refuses a certificate of another name, before sending', async () => {
    const server = await startTlsServer((handshake) => handshake());
    expect(await setUp(certificate.cert).outcome(`https://127.0.0.1:${server.port}`)).toBe('tls false');
    expect(server.requests).toEqual([]);
  });

  it('refuses a server that does not speak it, before sending', async () => {
    const tcp = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    closers.push(() => tcp.close());
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const address = tcp.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    expect(await setUp().outcome(`https://localhost:${port}`)).toBe('tls false');
  });
});

describe('a connection that does not come up', () => {
  it('times out, before sending', async () => {
    const server = await startTlsServer(() => {});
    expect(await setUp(certificate.cert).outcome(`https://localhost:${server.port}`)).toBe('connect-timeout false');
  });

  it('is given up at the deadline, and the request is not sent when it comes up after all', async () => {
    const held: (() => void)[] = [];
    const server = await startTlsServer((handshake) => held.push(handshake));
    const { outcome } = setUp(certificate.cert);
    const origin = `https://localhost:${server.port}`;
    expect(await outcome(origin, 50)).toBe('deadline false');
    await expect.poll(() => held.length).toBe(1);
    held[0]?.();
    await expect.poll(() => server.sessions.length).toBe(1);
    const second = outcome(origin);
    await expect.poll(() => server.sessions.length + held.length).toBeGreaterThan(1);
    held[1]?.();
    expect(await second).toBe(200);
    expect(server.requests).toHaveLength(1);
  });
});

/** A connection that was begun ahead, whose handshake waits to be let go. Those of later connections do not. */
const setUpSlowAhead = async () => {
  const handshakes: (() => void)[] = [];
  const server = await startTlsServer((handshake) => {
    handshakes.push(handshake);
    if (handshakes.length > 1) handshake();
  });
  const { outcome, connectAhead } = setUp(certificate.cert);
  const origin = `https://localhost:${server.port}`;
  connectAhead(origin);
  await expect.poll(() => handshakes.length).toBe(1);
  return { server, handshakes, outcome, origin };
};

describe('a connection that is begun ahead', () => {
  it('is used by the call that waits for it', async () => {
    const server = await startTlsServer((handshake) => handshake());
    const { outcome, connectAhead } = setUp(certificate.cert);
    const origin = `https://localhost:${server.port}`;
    connectAhead(origin);
    expect(await outcome(origin)).toBe(200);
    expect(server.sessions).toHaveLength(1);
  });

  it('is used by a call that comes when it is there', async () => {
    const server = await startTlsServer((handshake) => handshake());
    const { outcome, connectAhead } = setUp(certificate.cert);
    const origin = `https://localhost:${server.port}`;
    connectAhead(origin);
    await expect.poll(() => server.sessions.length).toBe(1);
    expect(await outcome(origin)).toBe(200);
    expect(server.sessions).toHaveLength(1);
  });

  it('is waited for by one call: a second opens its own and is answered first', async () => {
    const { server, handshakes, outcome, origin } = await setUpSlowAhead();
    const first = outcome(origin).then((status) => ['first', status]);
    const second = outcome(origin).then((status) => ['second', status]);
    expect(await Promise.race([first, second])).toEqual(['second', 200]);
    handshakes[0]?.();
    expect(await first).toEqual(['first', 200]);
    expect(server.sessions).toHaveLength(2);
  });

  it('that is cut in its handshake fails none of the calls that come meanwhile', async () => {
    const { server, outcome, origin } = await setUpSlowAhead();
    const calls = [1, 2, 3].map(() => outcome(origin));
    [...sockets][0]?.resetAndDestroy();
    expect(await Promise.all(calls)).toEqual([200, 200, 200]);
    expect(server.requests).toHaveLength(3);
  });

  it('that never comes up leaves a call the time to open its own', async () => {
    const { server, outcome, origin } = await setUpSlowAhead();
    expect(await outcome(origin)).toBe(200);
    expect(server.requests).toHaveLength(1);
  });
});

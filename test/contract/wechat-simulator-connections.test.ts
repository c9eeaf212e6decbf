import { once } from 'node:events';
import { get as httpsGet } from 'node:https';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../self-signed-certificate.ts';
import { startSimulator } from '../wechat-simulator/simulator.ts';
import { APP_ID, type Bench, startBench } from './wechat-simulator-client.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.simulator.close());

const issued = () => bench.simulator.account(APP_ID).issued('stable');

describe('connections', () => {
  it('answer 412 with nothing in it to a chunked body or an expectation', async () => {
    const chunked =
      'POST /cgi-bin/stable_token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
    const expecting = 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n';
    for (const request of [chunked, expecting]) {
      const raw = await rawAnswer(request, '\r\n\r\n');
      expect(raw).toMatch(/^HTTP\/1\.1 412 Precondition Failed\r\n/);
      expect(raw).toMatch(/content-length: 0\r\n/);
    }
    expect(bench.simulator.log.count()).toBe(2);
  });

  it('take bodies of 20 MB, byte for byte, and answer 45002 to larger ones', async () => {
    const body = Buffer.alloc(20 * 1024 * 1024, 'ä');
    expect((await bench.post('/x', body)).json.errcode).toBe(40066);
    expect(bench.simulator.log.entries[0]?.body.equals(body)).toBe(true);
    expect((await bench.post('/x', Buffer.concat([body, body.subarray(0, 1)]))).json.errcode).toBe(45002);
  });

  it('survive a client that leaves in the middle of its request', async () => {
    const socket = await opened();
    socket.write('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{', () => socket.destroy());
    await once(socket, 'close');
    expect((await bench.stableToken()).status).toBe(200);
    expect(bench.simulator.log.count('/x')).toBe(0);
  });

  it('are reset when idle, if a test wants an upstream like that', async () => {
    const simulator = await startSimulator({ accounts: [], resetIdleAfterMs: 20 });
    const socket = connect(Number(new URL(simulator.origin).port), '127.0.0.1');
    socket.write('GET /x HTTP/1.1\r\nHost: x\r\n\r\n');
    const [error] = await once(socket.resume(), 'error').catch((caught: unknown) => [caught]);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    await simulator.close();
  });

  it('announce the keep-alive time of the settings', async () => {
    await bench.simulator.close();
    bench = await startBench({ keepAliveTimeoutMs: 61_000 });
    expect((await bench.get('/x')).headers['keep-alive']).toBe('timeout=61');
  });

  it('serve a thousand concurrent calls', async () => {
    const replies = await Promise.all(Array.from({ length: 1_000 }, () => bench.stableToken()));
    expect(new Set(replies.map(({ json }) => json.access_token)).size).toBe(1);
    expect(issued()).toBe(1_000);
  });

  it('end with close, which may be called twice', async () => {
    const socket = await opened();
    const ended = once(socket.resume(), 'close');
    await Promise.all([bench.simulator.close(), bench.simulator.close()]);
    await ended;
    await expect(bench.get('/x')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('refuse to share a port', async () => {
    const port = Number(new URL(bench.simulator.origin).port);
    await expect(startSimulator({ accounts: [], port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('with TLS', () => {
  it('speaks HTTPS, and resets the TCP connection below it', async () => {
    const tls = selfSignedCertificate('localhost');
    const simulator = await startSimulator({ accounts: [], tls });
    const ask = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = httpsGet(
          `${simulator.origin}/x`,
          { ca: tls.cert, servername: 'localhost', agent: false },
          (answer) => {
            resolve(answer.resume().statusCode);
          },
        );
        request.on('error', reject);
      });
    expect(simulator.origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask()).toBe(200);
    simulator.faults.add({ kind: 'reset' });
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await simulator.close();
  });
});

async function opened(): Promise<Socket> {
  const socket = connect(Number(new URL(bench.simulator.origin).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** The raw answer up to `until`. */
async function rawAnswer(request: string, until: string): Promise<string> {
  const socket = await opened();
  socket.write(request);
  let raw = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    raw += chunk.toString('latin1');
    if (raw.endsWith(until)) break;
  }
  return raw;
}

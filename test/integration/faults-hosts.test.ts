import dns from 'node:dns';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { refresh } from '#shared/access-token/refresh.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { startSocketServer } from '../contract/socket-server.ts';
import { type RigCall, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { selfSignedCertificate } from '../self-signed-certificate.ts';
import { simulatedAccount } from './callers.ts';
import { PROBE_PATH } from './refresh-scene.ts';

const USER: RigCall = { path: '/cgi-bin/user/info', query: 'openid=o1' };
const SEND: RigCall = {
  method: 'POST',
  path: '/cgi-bin/message/custom/send',
  body: '{"touser":"o1","msgtype":"text","text":{"content":"hi"}}',
};
/** A pool that was idle for so long is replaced: the next call comes over a new connection. */
const IDLE_MS = 3_001;

/** A first host that can be spoilt so that nobody gets through to it. */
interface FirstHost {
  readonly origin: string;
  /** The certificate authority to trust. */
  readonly ca?: string;
  /** What it has read of requests, as clear text. */
  readonly requests: readonly string[];
  spoil(): void;
  mend(): void;
}

type HostStarter = (test: TestContext) => Promise<FirstHost>;

const trusted = selfSignedCertificate('localhost');
const unknown = selfSignedCertificate('localhost');

/** Spoilt, it has a certificate that nobody vouches for. */
const startHostWithCertificate: HostStarter = async (test) => {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTlsServer(trusted, (socket) => {
    sockets.add(socket);
    // Fine: clients that do not trust it hang up.
    socket.on('error', () => {});
    socket.on('data', (data) => {
      requests.push(data.toString());
      answerWell(socket);
    });
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    origin: `https://localhost:${port}`,
    ca: trusted.cert,
    requests,
    spoil: () => server.setSecureContext(unknown),
    mend: () => server.setSecureContext(trusted),
  };
};

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | dns.LookupAddress[],
  family?: number,
) => void;

/** Spoilt, its name does not resolve. */
const startHostWithName: HostStarter = async (test) => {
  const name = 'api.weixin.invalid';
  const server = await startSocketServer(answerWell);
  let isKnown = true;
  const { lookup } = dns;
  const answer = (host: string, options: dns.LookupOptions, callback: LookupCallback): void => {
    if (host !== name) return lookup(host, options, callback);
    const unknownName = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    if (isKnown) process.nextTick(callback, null, [{ address: '127.0.0.1', family: 4 }]);
    else process.nextTick(callback, unknownName);
  };
  // One of lookup's many signatures, which is the one that connecting uses.
  const spy = vi.spyOn(dns, 'lookup').mockImplementation(answer as unknown as typeof dns.lookup);
  test.onTestFinished(async () => {
    spy.mockRestore();
    await server.close();
  });
  return {
    origin: server.origin.replace('127.0.0.1', name),
    requests: server.requests,
    spoil: () => (isKnown = false),
    mend: () => (isKnown = true),
  };
};

/** A gateway with `api`, the first host, and `api2`, the simulator. */
async function startScene(start: HostStarter, test: TestContext) {
  const host = await start(test);
  const clock = createMovableClock();
  const account = simulatedAccount();
  const rig = await startRig({ accounts: [account], clock });
  test.onTestFinished(() => rig.close());
  const api = createUndiciWechatApi({ clock, ...(host.ca !== undefined && { connect: { ca: host.ca } }) });
  const upstream = createUpstream({ api, origins: [host.origin, rig.simulator.origin], clock });
  return { rig, clock, host, upstream, appId: account.appId };
}

describe.each([
  ['shows a certificate that nobody vouches for', startHostWithCertificate],
  ['has a name that does not resolve', startHostWithName],
])('a first host that %s', (_, start) => {
  it('is made up for by the second at its first failure, is told no token, and is called again after 60 s', async (test) => {
    const { rig, clock, host, upstream } = await startScene(start, test);
    await rig.refreshEnvironment().invoke({});
    const proxy = rig.callEnvironment({ upstream });
    const answered = async (call = USER) => (await proxy.call(call)).json();
    expect(await answered()).toEqual({ from: 'api' });
    const told = host.requests.length;

    host.spoil();
    await clock.advance(IDLE_MS);
    expect(await answered()).toMatchObject({ openid: 'o1' });
    const failedAt = clock.now();
    expect(await answered(SEND)).toMatchObject({ errcode: 0 });
    await clock.advance(IDLE_MS);
    expect(await answered(SEND)).toMatchObject({ errcode: 0 });
    expect(host.requests).toHaveLength(told);

    host.mend();
    await clock.advance(failedAt + 59_999 - clock.now());
    expect(await answered()).toMatchObject({ openid: 'o1' });
    expect(host.requests).toHaveLength(told);
    await clock.advance(1);
    expect(await answered()).toEqual({ from: 'api' });
    expect(await answered(SEND)).toEqual({ from: 'api' });
  });

  it('is told neither an app secret nor a token by a refresh, which goes to the second host', async (test) => {
    const { rig, host, upstream, appId } = await startScene(start, test);
    host.spoil();
    const dependencies = { ...rig.refreshEnvironment().dependencies, upstream };
    expect(await refresh(dependencies, appId, { kind: 'missing' })).toMatchObject({ kind: 'committed' });
    const fingerprint = (await rig.tokens.read(appId))?.token?.fingerprint ?? '';
    expect(await refresh(dependencies, appId, { kind: 'refused', fingerprint })).toEqual({ kind: 'kept' });
    expect(rig.simulator.log.entries.map(({ path }) => path)).toEqual(['/cgi-bin/stable_token', PROBE_PATH]);
    expect(host.requests).toEqual([]);
  });
});

function answerWell(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"from":"api"}');
}

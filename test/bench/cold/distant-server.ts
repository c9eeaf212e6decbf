import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** An endpoint as it is from afar. */
export interface DistantServer {
  /** `https://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Cuts all connections and stops listening. */
  close(): Promise<void>;
}

/**
 * The same endpoint as if it were so far away: behind TLS, every byte later by half a round trip, and a connection's first bytes later by a whole
 * one more, which TCP's own handshake would take.
 * @param endpoint `http://<address>:<port>`
 * @param certificate for 127.0.0.1, PEM
 */
export async function startDistantServer(
  endpoint: string,
  roundTripMs: number,
  certificate: { readonly cert: string; readonly key: string },
): Promise<DistantServer> {
  const { hostname, port } = new URL(endpoint);
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    // Fine: what is measured is killed with its connections open.
    return socket.setNoDelay(true).on('error', () => socket.destroy());
  };
  const secure = createTlsServer(certificate, (socket) => {
    const plain = track(connect(Number(port), hostname));
    track(socket).pipe(plain).pipe(socket);
  });
  const securePort = await listen(secure);
  const far = createServer((socket) => {
    const near = track(connect(securePort, '127.0.0.1'));
    relayLate(track(socket), near, roundTripMs / 2, roundTripMs);
    relayLate(near, socket, roundTripMs / 2, 0);
  });
  return {
    endpoint: `https://127.0.0.1:${await listen(far)}`,
    async close() {
      const closed = [far, secure].map((server) => once(server.close(), 'close'));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}

/** Passes on what comes, in its order. */
function relayLate(from: Socket, to: Socket, delayMs: number, openingMs: number): void {
  const openAt = performance.now() + openingMs;
  const onTheWay: (() => void)[] = [];
  const send = (arrive: () => void): void => {
    onTheWay.push(arrive);
    const waitMs = delayMs + Math.max(0, openAt - performance.now());
    // Whichever timer fires first, what was sent first arrives first.
    setTimeout(() => onTheWay.shift()?.(), waitMs);
  };
  from.on('data', (bytes) => send(() => void to.write(bytes)));
  from.on('end', () => send(() => void to.end()));
  from.on('close', () => send(() => void to.destroy()));
}

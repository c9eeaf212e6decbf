import type { Server } from 'node:http';
import { promisify } from 'node:util';

/** A server that listens on this machine only. */
export interface LoopbackServer {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly endpoint: string;
  /**
   * Takes no new connections, drops idle ones, waits at most `graceMs` (default 2 seconds) for the requests in flight, then
   * drops those too. Called twice, the second call waits for the first.
   */
  close(graceMs?: number): Promise<void>;
}

const DEFAULT_GRACE_MS = 2000;

/**
 * Makes `server` listen on 127.0.0.1.
 * @param port 0 picks a free one
 * @throws {Error} naming the port when another program has it
 */
export async function listenOnLoopback(server: Server, port: number): Promise<LoopbackServer> {
  await listen(server, port);
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The server listens on something that is not a TCP port; pass a server without a path.');
  }
  const drain = trackRequests(server);
  let closed: Promise<void> | undefined;
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    close: (graceMs = DEFAULT_GRACE_MS) => (closed ??= drain(graceMs)),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(error.code === 'EADDRINUSE' ? portTaken(port, error) : error);
    };
    server.once('error', onError);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function portTaken(port: number, cause: Error): Error {
  const advice = 'Stop the program that uses it, or choose another port (0 picks a free one).';
  return new Error(`Port ${port} on 127.0.0.1 is taken. ${advice}`, { cause });
}

/** Counts requests in flight, because Node takes a connection that never sent a request for a busy one and would wait for it. */
function trackRequests(server: Server): (graceMs: number) => Promise<void> {
  let inFlight = 0;
  let closing = false;
  const dropWhenDone = (): void => {
    inFlight -= 1;
    if (closing && inFlight === 0) {
      server.closeAllConnections();
    }
  };
  server.prependListener('request', (_request, response) => {
    inFlight += 1;
    response.once('close', dropWhenDone);
  });
  return async (graceMs) => {
    closing = true;
    const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
    const closed = promisify(server.close.bind(server))();
    if (inFlight === 0) {
      server.closeAllConnections();
    } else {
      server.closeIdleConnections();
    }
    await closed.finally(() => clearTimeout(deadline));
  };
}

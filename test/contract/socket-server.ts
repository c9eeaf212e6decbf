import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A TCP server on loopback whose peer's every connection and byte can be looked at. */
export interface SocketServer {
  readonly origin: string;
  /** Every connection so far, in order, closed ones too. */
  readonly sockets: readonly Socket[];
  /** Every complete request so far, as it came over the wire (latin1). */
  readonly requests: readonly string[];
  /** Cuts all connections and stops listening; calling it again does nothing. */
  close(): Promise<void>;
}

/** Where a request with Content-Length, or without a body, ends; -1 while it is incomplete. */
const endOfRequest = (text: string): number => {
  const headEnd = text.indexOf('\r\n\r\n');
  const bodyLength = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, headEnd + 2))?.[1] ?? 0);
  return headEnd === -1 || text.length < headEnd + 4 + bodyLength ? -1 : headEnd + 4 + bodyLength;
};

const track = (server: Server): Socket[] => {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => {
    sockets.push(socket);
    // Fine: tests cut connections on purpose, from both sides.
    socket.on('error', () => {});
  });
  return sockets;
};

/**
 * Starts a server that calls `onRequest` with each complete request.
 * @param port 0 picks a free one
 */
export const startSocketServer = async (
  onRequest: (socket: Socket, request: string) => void,
  port = 0,
): Promise<SocketServer> => {
  const server = createServer();
  const sockets = track(server);
  const requests: string[] = [];
  server.on('connection', (socket) => {
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
      for (let end = endOfRequest(received); end !== -1; end = endOfRequest(received)) {
        const request = received.slice(0, end);
        received = received.slice(end);
        requests.push(request);
        onRequest(socket, request);
      }
    });
  });
  return { ...(await listen(server, port)), sockets, requests, close: () => stop(server, sockets) };
};

const listen = async (server: Server, port: number): Promise<{ origin: string }> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('no TCP address');
  }
  return { origin: `http://127.0.0.1:${address.port}` };
};

const stop = async (server: Server, sockets: readonly Socket[]): Promise<void> => {
  if (!server.listening) {
    return;
  }
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) {
    socket.destroy();
  }
  await closed;
};

import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { startHttpAdapter } from '../infra/local/http-adapter.ts';
import type { Rig, RigCall } from './gateway-rig.ts';

/** An answer as it came over the wire. */
export interface SocketAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: IncomingMessage['headers'];
  /** Names and values in turn, in the server's spelling. */
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
  readonly text: string;
  json(): Record<string, unknown>;
}

/** One environment of a rig behind the local API Gateway. */
export type GatewayOnSockets = Awaited<ReturnType<typeof startGatewayOnSockets>>;

/** Puts a call environment of the rig behind a real socket. Close it before the rig. */
export async function startGatewayOnSockets(rig: Rig, environment = rig.callEnvironment()) {
  const server = await startHttpAdapter({
    function: environment.local,
    onFunctionError: (error) => rig.canary.sawError('error behind a 500 or 503', error),
  });
  const { port, hostname } = new URL(server.endpoint);
  return {
    endpoint: server.endpoint,
    /** One call over HTTP/1.1, with the rig's caller key unless the call brings a credential; an empty one sends none. */
    send: (call: RigCall) => sendCall({ hostname, port: Number(port) }, call, rig.callerKey),
    /** Writes these bytes on a connection of their own and reads until its end. */
    sendRaw: (bytes: Uint8Array) => exchangeBytes({ hostname, port: Number(port) }, bytes),
    close: () => server.close(0),
  };
}

interface Address {
  readonly hostname: string;
  readonly port: number;
}

async function sendCall(
  { hostname, port }: Address,
  { method = 'GET', path, query = '', headers = {}, body }: RigCall,
  callerKey: string,
): Promise<SocketAnswer> {
  const { authorization = `Bearer ${callerKey}`, ...others } = headers;
  const request = httpRequest({
    hostname,
    port,
    method,
    path: query === '' ? path : `${path}?${query}`,
    headers: { ...(authorization !== '' && { authorization }), ...others },
    agent: false,
  });
  // As bytes: Node would send a text body and the head in one piece of UTF-8, and change the head's Latin-1.
  request.end(body === undefined ? undefined : Buffer.from(body));
  // The event has exactly one argument.
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const bytes = Buffer.concat(await response.toArray());
  const text = bytes.toString('utf8');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    bytes,
    text,
    json: () => JSON.parse(text) as Record<string, unknown>,
  };
}

async function exchangeBytes({ hostname, port }: Address, bytes: Uint8Array): Promise<Buffer> {
  const socket = connect({ host: hostname, port });
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  // A server that closes on what is no HTTP may reset while we still write: what it said before counts.
  socket.on('error', () => {});
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(received);
}

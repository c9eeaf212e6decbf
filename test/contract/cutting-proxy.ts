import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';

/**
 * What happens to one request on its way: `pass` it goes through; `lose-request` the connection is reset before the server sees it;
 * `lose-answer` it is reset after the server has done the work; `half-answer` it ends in the middle of the answer; `status-500` the work is
 * done and the answer says that it was not.
 */
export type Play = 'pass' | 'lose-request' | 'lose-answer' | 'half-answer' | 'status-500';

/** A proxy in front of an HTTP server that plays a script. */
export interface CuttingProxy extends LoopbackServer {
  /** What to do with the next requests, in their order. After the last one everything passes. */
  play(...plays: Play[]): void;
  /** Requests since the last {@link play}, lost ones too. */
  readonly requests: number;
}

/** Starts a proxy in front of `endpoint`. */
export async function startCuttingProxy(endpoint: string): Promise<CuttingProxy> {
  let script: Play[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const play = script.shift() ?? 'pass';
    // Fine: a client that gives up early is one of the cases under test.
    void relay(endpoint, play, request, response).catch(() => response.destroy());
  });
  const listening = await listenOnLoopback(server, 0);
  return {
    ...listening,
    play(...plays) {
      script = plays;
      requests = 0;
    },
    get requests() {
      return requests;
    },
  };
}

async function relay(endpoint: string, play: Play, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  if (play === 'lose-request') return void request.socket.resetAndDestroy();
  const { status, headers, answer } = await forward(endpoint, request, body);
  if (play === 'lose-answer') return void request.socket.resetAndDestroy();
  if (play === 'status-500') return void response.writeHead(500).end('{}');
  response.writeHead(status, { ...headers, 'content-length': answer.length });
  if (play === 'pass') return void response.end(answer);
  response.write(answer.subarray(0, Math.floor(answer.length / 2)), () => request.socket.destroy());
}

async function forward(endpoint: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  const outgoing = httpRequest(new URL(url ?? '/', endpoint), { method: method ?? 'POST', headers });
  outgoing.end(body);
  // The one argument of node:http's event.
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const answer = Buffer.concat(await incoming.toArray());
  return { status: incoming.statusCode ?? 500, headers: { 'content-type': incoming.headers['content-type'] }, answer };
}

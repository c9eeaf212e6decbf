import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';

/** How the table is: `throttling` refuses every other request at random, `down` resets every connection. */
export type TableHealth = 'well' | 'throttling' | 'down';

/** A table whose health a test sets. */
export interface UnsteadyTable extends LoopbackServer {
  health: TableHealth;
  /** Requests that it did not carry out. */
  readonly refused: number;
  /** Writes it has carried out that let their writer issue: they took a lease or prolonged one. */
  readonly leases: number;
}

const THROTTLED = JSON.stringify({
  __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  message: 'The level of configured provisioned throughput for the table was exceeded.',
});
/** An attribute that no other write sets. */
const SETS_LEASE = 'leaseEnd = ';

/** Starts one in front of `endpoint`. Chance begins at `seed`, but goes by the order in which requests come. */
export async function startUnsteadyTable(endpoint: string, seed: number): Promise<UnsteadyTable> {
  const chance = createChance(seed);
  const counts = { refused: 0, leases: 0 };
  let health: TableHealth = 'well';
  const relay = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray());
    const isRefused = health === 'down' || (health === 'throttling' && chance() < 0.5);
    counts.refused += isRefused ? 1 : 0;
    if (isRefused && health === 'down') return void request.socket.resetAndDestroy();
    const type = { 'content-type': 'application/x-amz-json-1.0' };
    if (isRefused) return void response.writeHead(400, type).end(THROTTLED);
    const { status, headers, answer } = await forward(endpoint, request, body);
    counts.leases += status === 200 && body.includes(SETS_LEASE) ? 1 : 0;
    response.writeHead(status, { ...headers, 'content-length': answer.length }).end(answer);
  };
  const server = createServer((request, response) => {
    // Fine: a client that has gone needs no answer.
    void relay(request, response).catch(() => response.destroy());
  });
  const listening = await listenOnLoopback(server, 0);
  return {
    ...listening,
    get health() {
      return health;
    },
    set health(to) {
      health = to;
    },
    get refused() {
      return counts.refused;
    },
    get leases() {
      return counts.leases;
    },
  };
}

async function forward(endpoint: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  const outgoing = httpRequest(new URL(url ?? '/', endpoint), { method: method ?? 'POST', headers });
  outgoing.end(body);
  // The one argument of node:http's event.
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const answer = Buffer.concat(await incoming.toArray());
  return { status: incoming.statusCode ?? 500, headers: { 'content-type': incoming.headers['content-type'] }, answer };
}

/** In [0, 1), the same row of numbers for the same seed (xorshift32). */
function createChance(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

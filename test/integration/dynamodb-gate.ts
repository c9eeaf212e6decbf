import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';

/** A write that only one step of a refresh makes, or what a call reads together. */
export type HeldRequest = 'acquire' | 'commit' | 'batch';

/** Requests of one kind that a gate does not let through. */
export interface Hold {
  /** Resolves when the first of them has got as far as it may. */
  readonly reached: Promise<void>;
  /** Lets them and all later ones go. Resolves when what was held is through: with `request`, the engine has done the work. */
  release(): Promise<void>;
}

/** A way to the engine on which a test can hold things up. */
export interface DynamodbGate extends LoopbackServer {
  /**
   * From now on holds every such request: the `request` before the engine sees it, or the `answer` after the engine has done the work.
   * Retries are held too.
   */
  hold(kind: HeldRequest, part: 'request' | 'answer'): Hold;
}

interface OpenHold {
  readonly kind: HeldRequest;
  readonly part: 'request' | 'answer';
  readonly onReached: () => void;
  readonly released: Promise<void>;
  readonly held: Promise<unknown>[];
}

/** An attribute that no other write sets; a field that only BatchGetItem has. */
const HAS: Readonly<Record<HeldRequest, string>> = {
  acquire: 'leaseHolder = ',
  commit: 'accessToken = ',
  batch: '"RequestItems"',
};

/** Starts a gate in front of `endpoint`. */
export async function startDynamodbGate(endpoint: string): Promise<DynamodbGate> {
  let hold: OpenHold | undefined;
  const relay = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray());
    const held = hold !== undefined && body.includes(HAS[hold.kind]) ? hold : undefined;
    const passOn = () => forward(endpoint, request, body);
    const passed = held?.part === 'request' ? holdBack(held, passOn) : passOn();
    const { status, headers, answer } = await passed;
    if (held?.part === 'answer') await holdBack(held, async () => {});
    response.writeHead(status, { ...headers, 'content-length': answer.length }).end(answer);
  };
  const server = createServer((request, response) => {
    // Fine: a client that was killed needs no answer.
    void relay(request, response).catch(() => response.destroy());
  });
  return {
    ...(await listenOnLoopback(server, 0)),
    hold(kind, part) {
      const { promise: reached, resolve: onReached } = Promise.withResolvers<void>();
      const { promise: released, resolve: onRelease } = Promise.withResolvers<void>();
      const opened: OpenHold = { kind, part, onReached, released, held: [] };
      hold = opened;
      return {
        reached,
        async release() {
          hold = undefined;
          onRelease();
          await Promise.all(opened.held);
        },
      };
    },
  };
}

/** Does the work when the hold is released. */
function holdBack<Result>({ released, held, onReached }: OpenHold, work: () => Promise<Result>): Promise<Result> {
  const done = released.then(work);
  held.push(done);
  onReached();
  return done;
}

async function forward(endpoint: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  const outgoing = httpRequest(new URL(url ?? '/', endpoint), { method: method ?? 'POST', headers });
  outgoing.end(body);
  // The one argument of node:http's event.
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const answer = Buffer.concat(await incoming.toArray());
  return { status: incoming.statusCode ?? 500, headers: { 'content-type': incoming.headers['content-type'] }, answer };
}

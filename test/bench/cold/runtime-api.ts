import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type LoopbackServer, listenOnLoopback } from '../../../infra/local/loopback-server.ts';

/** What a runtime does, in its order. Times are milliseconds of `performance.now()`. */
export interface RuntimeApi extends LoopbackServer {
  /** Resolves when the runtime has initialised the function and asks for its first event. */
  readonly initialised: Promise<number>;
  /** Hands the event out and resolves with the answer. @throws {Error} with what the runtime reported as the function's error */
  invoke(event: unknown): Promise<{ readonly sentAt: number; readonly answeredAt: number; readonly answer: unknown }>;
}

const LONG_MS = 60_000;

/**
 * Lambda's Runtime API for one environment (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), as much of it as Amazon's own
 * Runtime Interface Client for Node asks.
 */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const initialised = Promise.withResolvers<number>();
  const answered = Promise.withResolvers<{ answeredAt: number; answer: unknown }>();
  let waiting = Promise.withResolvers<ServerResponse>();
  const server = createServer((request, response) => {
    const at = performance.now();
    const path = request.url ?? '';
    if (path.endsWith('/invocation/next')) {
      initialised.resolve(at);
      return waiting.resolve(response);
    }
    void take(request, response, path, at);
  });
  const take = async (request: IncomingMessage, response: ServerResponse, path: string, at: number): Promise<void> => {
    const body = await text(request);
    response.writeHead(202).end('{}');
    if (path.endsWith('/response')) return answered.resolve({ answeredAt: at, answer: JSON.parse(body) });
    const failure = new Error(`the runtime reported ${path}: ${body}`);
    initialised.reject(failure);
    answered.reject(failure);
  };
  // Fine: whoever waits for the one or the other sees it.
  initialised.promise.catch(() => {});
  answered.promise.catch(() => {});
  return {
    ...(await listenOnLoopback(server, 0)),
    initialised: initialised.promise,
    async invoke(event) {
      const response = await waiting.promise;
      waiting = Promise.withResolvers();
      const sentAt = performance.now();
      response.writeHead(200, eventHeaders()).end(JSON.stringify(event));
      return { sentAt, ...(await answered.promise) };
    },
  };
}

function eventHeaders(): Record<string, string> {
  return {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': randomUUID(),
    'lambda-runtime-deadline-ms': String(Date.now() + LONG_MS),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:bench',
    'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
  };
}

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach } from 'vitest';
import {
  type AttemptLimits,
  UpstreamFailure,
  type UpstreamFailureKind,
  type UpstreamRequest,
} from '#shared/wechat/wechat-api.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { type SocketServer, startSocketServer } from './socket-server.ts';

/** Marks the query, which holds the access token in real life. */
export const TOKEN = 'T0KEN-canary';
const GET: UpstreamRequest = {
  method: 'GET',
  path: '/cgi-bin/user/info',
  query: `openid=o1&access_token=${TOKEN}`,
  headers: {},
  body: undefined,
};
/** A whole answer, as WeChat might give it. */
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

const open: SocketServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** A server that is closed after the test. */
export const serve = async (
  onRequest: (socket: Socket, request: string) => void,
  port?: number,
): Promise<SocketServer> => {
  const server = await startSocketServer(onRequest, port);
  open.push(server);
  return server;
};

/** A server that answers everything with the same bytes (latin1). */
export const answering = (answer: string): Promise<SocketServer> => serve((socket) => socket.write(answer, 'latin1'));

const stoppedClock = () => {
  const clock = { time: 1_750_000_000_000, now: () => clock.time, sleep: () => Promise.reject(new Error('unused')) };
  return clock;
};

/** The adapter under a clock that stands still unless moved. */
export const setUp = () => {
  const clock = stoppedClock();
  const api = createUndiciWechatApi({ clock });
  const limits = (changed: Partial<AttemptLimits> = {}): AttemptLimits => ({
    firstByteTimeoutMs: 20_000,
    deadline: clock.now() + 20_000,
    maxAnswerBytes: 1_000_000,
    ...changed,
  });
  const attempt = (origin: string, request: Partial<UpstreamRequest> = {}, changed: Partial<AttemptLimits> = {}) =>
    api.attempt(origin, { ...GET, ...request }, limits(changed));
  return { clock, attempt, connectAhead: (origin: string) => api.connectAhead(origin) };
};

/** The UpstreamFailure an attempt ends in; anything else is thrown. */
export const failureOf = async (attempt: Promise<unknown>): Promise<UpstreamFailure> => {
  const failure: unknown = await attempt.then(
    () => new Error('an answer came'),
    (error: unknown) => error,
  );
  if (!(failure instanceof UpstreamFailure)) {
    throw failure;
  }
  return failure;
};

/** Kind and whether it was sent; not to be had of a failure that holds any part of the query. */
export const outcomeOf = async (attempt: Promise<unknown>): Promise<[UpstreamFailureKind, 'sent' | 'not sent']> => {
  const failure = await failureOf(attempt);
  if (inspect(failure, { depth: 20, showHidden: true }).includes(TOKEN)) {
    throw new Error('the failure holds the token');
  }
  return [failure.kind, failure.sent ? 'sent' : 'not sent'];
};

/** Waits for the end of a connection. */
export const closed = async (socket: Socket | undefined): Promise<boolean> => {
  if (socket?.closed === false) {
    await once(socket, 'close');
  }
  return socket?.closed ?? false;
};

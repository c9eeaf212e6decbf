import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLambdaRefreshInvoker, RefreshFunctionFailed } from '#shared/access-token/refresh-invoker.lambda.ts';
import { systemClock } from '#shared/clock.node.ts';
import { type SocketServer, startSocketServer } from './socket-server.ts';

const FINGERPRINT = '0123456789abcdef';

let lambda: SocketServer;
let headers: string;

beforeEach(async () => {
  headers = '';
  lambda = await startSocketServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${headers}Content-Length: 2\r\n\r\n{}`);
  });
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.origin);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await lambda.close();
});

const invoker = () => createLambdaRefreshInvoker('refresh-access-token', systemClock);
const deadline = () => systemClock.now() + 20_000;

it('hands the account and the fingerprint over', async () => {
  await invoker().invoke('wx1', FINGERPRINT, deadline());
  expect(lambda.requests[0]).toContain(JSON.stringify({ appId: 'wx1', refusedFingerprint: FINGERPRINT }));
});

it('takes a connection of its own for each invocation: one kept over a freeze would be dead', async () => {
  const refresh = invoker();
  for (let heals = 0; heals < 3; heals += 1) await refresh.invoke('wx1', undefined, deadline());
  expect([lambda.requests.length, lambda.sockets.length]).toEqual([3, 3]);
});

it('fails when the function failed, and asks once', async () => {
  headers = 'X-Amz-Function-Error: Unhandled\r\n';
  await expect(invoker().invoke('wx1', FINGERPRINT, deadline())).rejects.toThrow(RefreshFunctionFailed);
  expect(lambda.requests).toHaveLength(1);
});

import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLambdaAppSecretCaller } from '#shared/app-secret-call/app-secret-caller.lambda.ts';
import { AppSecretCallFailed } from '#shared/app-secret-call/app-secret-caller.ts';
import { systemClock } from '#shared/clock.node.ts';
import { startLambdaEndpoint } from '../../infra/local/lambda-endpoint.ts';
import { listenOnLoopback } from '../../infra/local/loopback-server.ts';
import { startRig } from '../gateway-rig.ts';
import { simulatedAccount } from './callers.ts';

const FUNCTION = 'call-with-app-secret';
const ANSWER = { status: 200, headers: [['Content-Type', 'text/plain']], body: 'e30=', origin: 'https://wechat' };
const account = simulatedAccount();

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

/** A caller whose Lambda is at this endpoint, as the environment tells the SDK. */
function callerAt(endpoint: string, functionName = FUNCTION) {
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  return createLambdaAppSecretCaller(functionName, systemClock);
}

const login = (budgetMs = 20_000) => ({
  appId: account.appId,
  call: 'sns/jscode2session' as const,
  fields: { js_code: 'login-code' },
  deadline: Date.now() + budgetMs,
});

async function lambdaRunning(handler: (event: unknown) => unknown) {
  const functions = [{ name: FUNCTION, timeoutMs: 29_000, handler }];
  const lambda = await startLambdaEndpoint({ functions, onFunctionError: () => undefined });
  closing.push(() => lambda.close(0));
  return lambda;
}

/** A Lambda that does this with every invocation once it has read it whole. */
async function brokenLambda(treat: (socket: Socket) => void) {
  let invocations = 0;
  const server = createServer((request) => {
    request.resume().once('end', () => {
      invocations += 1;
      treat(request.socket);
    });
  });
  const listening = await listenOnLoopback(server, 0);
  closing.push(() => listening.close(0));
  return { endpoint: listening.endpoint, invocations: () => invocations };
}

async function failureOf(call: Promise<unknown>): Promise<AppSecretCallFailed> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppSecretCallFailed) return error;
  throw new Error('it did not fail as it should', { cause: error });
}

describe('an invocation of call-with-app-secret', () => {
  it('hands the call over and brings the answer back', async () => {
    const events: unknown[] = [];
    const lambda = await lambdaRunning((event) => {
      events.push(event);
      return ANSWER;
    });
    const call = login();
    expect(await callerAt(lambda.endpoint).call(call)).toEqual(ANSWER);
    expect(events).toEqual([call]);
  });

  it('works again and again on connections of their own', async () => {
    const lambda = await lambdaRunning(() => ANSWER);
    const caller = callerAt(lambda.endpoint);
    for (const call of [login(), login(), login()]) expect(await caller.call(call)).toEqual(ANSWER);
  });

  it('certainly did not run when nobody listens', async () => {
    expect(await failureOf(callerAt('http://127.0.0.1:9').call(login()))).toMatchObject({ sent: false });
  });

  it('certainly did not run when Lambda refuses it', async () => {
    const lambda = await lambdaRunning(() => ANSWER);
    expect(await failureOf(callerAt(lambda.endpoint, 'no-such-function').call(login()))).toMatchObject({ sent: false });
  });

  it('certainly did not run when there are no credentials to sign it with', async () => {
    const lambda = await lambdaRunning(() => ANSWER);
    const caller = callerAt(lambda.endpoint);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, '');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    expect(await failureOf(caller.call(login()))).toMatchObject({ sent: false });
    expect(lambda.invocations(FUNCTION)).toBe(0);
  });

  it('may have run when the function failed', async () => {
    const lambda = await lambdaRunning(() => {
      throw new Error('out of memory');
    });
    expect(await failureOf(callerAt(lambda.endpoint).call(login()))).toMatchObject({ sent: true });
    expect(lambda.invocations(FUNCTION)).toBe(1);
  });

  it('may have run when the answer is none', async () => {
    const lambda = await lambdaRunning(() => ({ statusCode: 200 }));
    expect(await failureOf(callerAt(lambda.endpoint).call(login()))).toMatchObject({ sent: true });
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ['the connection breaks', (socket) => socket.resetAndDestroy()],
    ['the connection ends', (socket) => socket.end()],
    ['Lambda fails', (socket) => socket.end('HTTP/1.1 500 x\r\ncontent-length: 2\r\n\r\n{}')],
    ['Lambda answers half', (socket) => socket.end('HTTP/1.1 200 x\r\ncontent-length: 99\r\n\r\n{"status"')],
  ])('may have run when %s, and is not repeated', async (_, treat) => {
    const lambda = await brokenLambda(treat);
    expect(await failureOf(callerAt(lambda.endpoint).call(login()))).toMatchObject({ sent: true });
    expect(lambda.invocations()).toBe(1);
  });

  it('is waited for until the deadline, and may have run then', async () => {
    const lambda = await brokenLambda(() => undefined);
    expect(await failureOf(callerAt(lambda.endpoint).call(login(300)))).toMatchObject({ sent: true });
    expect(lambda.invocations()).toBe(1);
  });
});

/** What a login is answered when Lambda is at this endpoint. */
async function answerWith(endpoint: string) {
  const rig = await startRig({ accounts: [account] });
  const { call } = rig.callEnvironment({ appSecretCaller: callerAt(endpoint) });
  const query = `appid=${account.appId}&secret=${rig.callerKey}&js_code=login-code&grant_type=authorization_code`;
  const { headers, json, statusCode } = await call({ path: '/sns/jscode2session', query });
  await rig.close();
  return { statusCode, errcode: json()['errcode'], cause: headers['x-gateway-error'] };
}

describe('a login whose invocation fails', () => {
  it('may be repeated when the function certainly did not run', async () => {
    const cause = 'app-secret-function-unreachable';
    expect(await answerWith('http://127.0.0.1:9')).toEqual({ statusCode: 200, errcode: -1, cause });
  });

  it('may not be repeated when it may have run: a login code must not be doubled', async () => {
    const { endpoint } = await brokenLambda((socket) => socket.resetAndDestroy());
    expect(await answerWith(endpoint)).toEqual({ statusCode: 200, errcode: 990504, cause: 'failed-after-sending' });
  });

  it('works through the real client and the real function', async () => {
    const rig = await startRig({ accounts: [account] });
    const { local } = rig.appSecretEnvironment();
    const lambda = await startLambdaEndpoint({ functions: [local], onFunctionError: () => undefined });
    closing.push(() => lambda.close(0));
    const { call } = rig.callEnvironment({ appSecretCaller: callerAt(lambda.endpoint) });
    const query = `appid=${account.appId}&secret=${rig.callerKey}&js_code=login-code&grant_type=authorization_code`;
    expect((await call({ path: '/sns/jscode2session', query })).json()).toMatchObject({ openid: expect.any(String) });
    expect(lambda.invocations(FUNCTION)).toBe(1);
    await rig.close();
  });
});

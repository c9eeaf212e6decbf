import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createCallerId, createCallerKey } from '#shared/caller/caller-key.ts';
import { systemClock } from '#shared/clock.node.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { setFunctionVariables } from '../../infra/local/local-functions.ts';
import { type CountedEngine, startCountedEngine } from '../bench/counted-engine.ts';
import { type SocketServer, startSocketServer } from '../contract/socket-server.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';
import { startDynamodbGate } from './dynamodb-gate.ts';

const account = { ...simulatedAccount(), mode: 'stable' as const };
const CALL = { path: '/cgi-bin/user/info', query: 'openid=o1' };
const NAMED = { ...CALL, headers: { 'x-wechat-appid': account.appId } };

let engine: CountedEngine;
let rig: Rig;

beforeEach(async () => {
  engine = await startCountedEngine();
  rig = await startRig({ accounts: [account], dynamodb: engine, clock: createMovableClock() });
  onTestFinished(() => rig.close());
  await rig.refreshEnvironment().invoke({});
  engine.takeRequests();
});

const FUNCTIONS = join(import.meta.dirname, '../../functions');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

/** A WeChat that shows who connects. */
async function startWechat(): Promise<SocketServer> {
  const wechat = await startSocketServer((socket) => socket.write(OK));
  onTestFinished(() => wechat.close());
  return wechat;
}

const asked = () => engine.takeRequests().map(({ operation, kinds }) => [operation, ...kinds.toSorted()].join(' '));

describe('the first call of an environment', () => {
  it('is one request to the table, and notes the use of the key', async () => {
    expect(await rig.callEnvironment().call(NAMED)).toMatchObject({ statusCode: 200 });
    expect(asked()).toEqual(['BatchGetItem ACCOUNT CALLER TOKEN USAGE', 'UpdateItem USAGE']);
  });

  it('writes nothing where another environment has noted the use of the key in this hour', async () => {
    await rig.callEnvironment().call(NAMED);
    engine.takeRequests();
    expect(await rig.callEnvironment().call(NAMED)).toMatchObject({ statusCode: 200 });
    expect(asked()).toEqual(['BatchGetItem ACCOUNT CALLER TOKEN USAGE']);
  });

  it('reads the account and the token together once the caller is known, where nothing names the account', async () => {
    expect(await rig.callEnvironment().call(CALL)).toMatchObject({ statusCode: 200 });
    expect(asked()).toEqual(['BatchGetItem CALLER USAGE', 'BatchGetItem ACCOUNT TOKEN', 'UpdateItem USAGE']);
  });

  it.each(['', 'x'.repeat(5_000), '../token', 'wx 1'])(
    'takes no name for an account that can be none (%#): the caller is read, and the account is unknown',
    async (name) => {
      const answer = await rig.callEnvironment().call({ ...CALL, headers: { 'x-wechat-appid': name } });
      expect(answer.headers['x-gateway-error']).toBe('unknown-account');
      expect(asked()).toEqual(['BatchGetItem CALLER USAGE']);
    },
  );

  it('connects to WeChat while the table has not answered yet, and sends nothing before it has', async () => {
    const wechat = await startWechat();
    const table = await startCountedEngine();
    onTestFinished(() => table.close());
    const gate = await startDynamodbGate(table.endpoint);
    const gated = await startRig({ accounts: [account], dynamodb: gate });
    onTestFinished(() => gated.close());
    await gated.refreshEnvironment().invoke({});
    const clock = systemClock;
    const upstream = createUpstream({ api: createUndiciWechatApi({ clock }), origins: [wechat.origin], clock });
    const hold = gate.hold('batch', 'request');
    const answer = gated.callEnvironment({ upstream }).call(NAMED);
    await hold.reached;
    await expect.poll(() => wechat.sockets.length).toBe(1);
    expect(wechat.sockets[0]?.bytesRead).toBe(0);
    await hold.release();
    expect(await answer).toMatchObject({ statusCode: 200 });
    expect(wechat.requests).toHaveLength(1);
    expect(wechat.sockets).toHaveLength(1);
  });

  it('of nobody’s key reads once, is refused, and reads nothing for the next ten seconds', async () => {
    const environment = rig.callEnvironment();
    const headers = { ...NAMED.headers, authorization: `Bearer ${createCallerKey(createCallerId())}` };
    for (const requests of [['BatchGetItem ACCOUNT CALLER TOKEN USAGE'], []]) {
      const answer = await environment.call({ ...CALL, headers });
      expect(answer.headers['x-gateway-error']).toBe('unknown-key');
      expect(asked()).toEqual(requests);
    }
    expect(rig.simulator.log.count(CALL.path)).toBe(0);
  });
});

describe('the start of an environment', () => {
  it.each(['call-wechat-api', 'call-with-app-secret'])(
    'of %s connects to WeChat before there is a call, and sends nothing',
    async (name) => {
      const wechat = await startWechat();
      const variables: Record<string, string | undefined> = { AWS_REGION: 'us-east-1' };
      setFunctionVariables(variables, { tableName: 'none', secretPrefix: 'none/', upstreamOrigins: wechat.origin });
      const handler = join(FUNCTIONS, name, 'handler.ts');
      const environment = spawn(process.execPath, [handler], {
        env: { ...process.env, ...variables },
        stdio: 'inherit',
      });
      onTestFinished(() => void environment.kill());
      // By itself: an unused connection keeps no process alive.
      await once(environment, 'exit');
      expect(wechat.sockets.map(({ bytesRead }) => bytesRead)).toEqual([0]);
    },
  );
});

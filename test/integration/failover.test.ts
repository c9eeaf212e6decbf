import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoUsageStore } from '#shared/usage/usage-store.dynamodb.ts';
import { quotaDay } from '#shared/wechat/quota-day.ts';
import { type SocketServer, startSocketServer } from '../contract/socket-server.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';

const USER = '/cgi-bin/user/info';
const SEND = '/cgi-bin/message/custom/send';
const MESSAGE = '{"touser":"o1","msgtype":"text","text":{"content":"hi"}}';
const account = simulatedAccount();

/** `api` is a server that a test scripts, `api2` is the simulator. */
describe('a gateway with two hosts', () => {
  let api: SocketServer;
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let clock: MovableClock;
  let onRequest: (socket: Socket) => void;

  beforeEach(async () => {
    clock = createMovableClock();
    clock.autoAdvance = true;
    onRequest = answerWell;
    api = await startSocketServer((socket) => onRequest(socket));
    rig = await startRig({ accounts: [account], clock, origins: (simulator) => [api.origin, simulator] });
  });
  afterEach(async () => {
    await gateway.close();
    await api.close();
    await rig.close();
  });

  /** An environment that has its token, and has not called either host. */
  const start = async (): Promise<void> => {
    onRequest = (socket) => socket.destroy();
    await api.close();
    await rig.refreshEnvironment().invoke({});
    expect(rig.simulator.log.count('/cgi-bin/stable_token')).toBe(1);
    api = await startSocketServer((socket) => onRequest(socket), Number(new URL(api.origin).port));
    onRequest = answerWell;
    gateway = await startGatewayOnSockets(rig);
  };
  const get = () => gateway.send({ path: USER, query: 'openid=o1' });
  const post = (headers = {}) => gateway.send({ method: 'POST', path: SEND, headers, body: MESSAGE });
  const arrivedAtApi2 = () => rig.simulator.log.entries.filter(({ path }) => path !== '/cgi-bin/stable_token').length;

  it('calls the first and leaves the second alone', async () => {
    await start();
    expect((await get()).text).toBe('{"from":"api"}');
    expect((await post()).text).toBe('{"from":"api"}');
    expect(arrivedAtApi2()).toBe(0);
  });

  it('sends a GET and a POST to the second when the first refuses the connection', async () => {
    await start();
    await api.close();
    expect((await post()).json()).toMatchObject({ errcode: 0 });
    expect((await get()).json()).toMatchObject({ openid: 'o1' });
    expect(arrivedAtApi2()).toBe(2);
  });

  it('sends a GET to the second when the first breaks off after getting it', async () => {
    await start();
    onRequest = (socket) => socket.resetAndDestroy();
    expect((await get()).json()).toMatchObject({ openid: 'o1' });
    expect(api.requests).toHaveLength(1);
    // WeChat may have counted both.
    clock.set(clock.now() + 5_000);
    await gateway.send({ path: '/gateway/health' });
    const { usage } = await createDynamoUsageStore(rig.dynamodbClient(), rig.tableName).sum(
      account.appId,
      quotaDay(clock.now()),
    );
    expect(usage.rows).toMatchObject([{ endpoint: USER, calls: 2, errors: 1, errcodes: { 'no-answer': 1 } }]);
  });

  it('sends a GET to the second when the first breaks off in the middle of its answer', async () => {
    await start();
    onRequest = (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"from":');
    expect((await get()).json()).toMatchObject({ openid: 'o1' });
  });

  it('never sends a POST twice: 990504 when the first breaks off after getting it', async () => {
    await start();
    onRequest = (socket) => socket.resetAndDestroy();
    expect(wechatErrorIn(await post())).toEqual([990504, 'upstream-broke']);
    expect(api.requests).toHaveLength(1);
    expect(arrivedAtApi2()).toBe(0);
  });

  it('takes every answer of the first for an answer, whatever its status', async () => {
    await start();
    onRequest = (socket) => socket.end('HTTP/1.1 503 Busy\r\ncontent-length: 2\r\n\r\nno');
    const { status, text } = await get();
    expect({ status, text }).toEqual({ status: 503, text: 'no' });
    expect(arrivedAtApi2()).toBe(0);
  });

  it('never sends a signed call to the second, for the host is part of what was signed', async () => {
    await start();
    await api.close();
    const signed = { 'wechatmp-signature': 'a+/b==' };
    expect(wechatErrorIn(await post(signed))).toEqual([-1, 'upstream-unreachable']);
    const call = { path: USER, query: 'openid=o1', headers: { 'Wechatmp-Signature': 'x' } };
    expect(wechatErrorIn(await gateway.send(call))).toEqual([-1, 'upstream-unreachable']);
    expect(arrivedAtApi2()).toBe(0);
  });

  it('tries a host that failed last for 60 s, and comes back to it then', async () => {
    await start();
    onRequest = (socket) => socket.resetAndDestroy();
    await get();
    onRequest = answerWell;
    expect((await get()).json()).toMatchObject({ openid: 'o1' });
    expect((await post()).json()).toMatchObject({ errcode: 0 });
    await clock.advance(59_999);
    expect((await get()).json()).toMatchObject({ openid: 'o1' });
    expect(api.requests).toHaveLength(1);
    await clock.advance(1);
    expect((await get()).text).toBe('{"from":"api"}');
  });

  it('goes back to the first at once when the second fails too', async () => {
    await start();
    onRequest = (socket) => socket.resetAndDestroy();
    await get();
    onRequest = answerWell;
    await rig.simulator.close();
    expect((await get()).text).toBe('{"from":"api"}');
    expect((await post()).text).toBe('{"from":"api"}');
  });

  it('answers -1 when neither can be reached, and 990504 when the first may have got the call', async () => {
    await start();
    await rig.simulator.close();
    onRequest = (socket) => socket.resetAndDestroy();
    expect(wechatErrorIn(await get())).toEqual([990504, 'upstream-broke']);
    await api.close();
    expect(wechatErrorIn(await get())).toEqual([-1, 'upstream-unreachable']);
    expect(wechatErrorIn(await post())).toEqual([-1, 'upstream-unreachable']);
  });

  it('sends the same bytes to the second host, with its own name as host', async () => {
    await start();
    onRequest = (socket) => socket.resetAndDestroy();
    await gateway.send({ path: USER, query: 'openid=o%2f1&b', headers: { accept: 'x/y' } });
    const [first = ''] = api.requests;
    const second = rig.simulator.log.entries.at(-1);
    expect(first.split('\r\n')[0]).toBe(`GET ${second?.url} HTTP/1.1`);
    expect(second?.headers).toMatchObject({ accept: 'x/y', host: new URL(rig.simulator.origin).host });
    expect(first).toContain(`host: ${new URL(api.origin).host}\r\n`);
  });
});

function answerWell(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"from":"api"}');
}

import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { type SocketServer, startSocketServer } from '../contract/socket-server.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';

const SEND = '/cgi-bin/message/custom/send';
const account = simulatedAccount();

/** The pause as the gateway's clock sees it. That no call fails after a real one takes a process that is really frozen. */
describe('the connections to WeChat', () => {
  let wechat: SocketServer;
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let clock: MovableClock;

  beforeEach(async () => {
    clock = createMovableClock();
    wechat = await startSocketServer(answerWell);
    rig = await startRig({ accounts: [account], clock });
    await rig.refreshEnvironment().invoke({});
    const upstream = createUpstream({ api: createUndiciWechatApi({ clock }), origins: [wechat.origin], clock });
    gateway = await startGatewayOnSockets(rig, rig.callEnvironment({ upstream }));
  });
  afterEach(async () => {
    await gateway.close();
    await wechat.close();
    await rig.close();
  });

  const post = async () => (await gateway.send({ method: 'POST', path: SEND, body: '{}' })).text;
  it('are used again by calls that follow each other', async () => {
    for (let calls = 0; calls < 5; calls += 1) {
      expect(await post()).toBe('{"errcode":0}');
      await clock.advance(3_000);
    }
    expect(wechat.sockets).toHaveLength(1);
  });

  it('are not used again after a pause of over 3 s', async () => {
    await post();
    await clock.advance(3_001);
    await post();
    expect(wechat.sockets).toHaveLength(2);
  });

  it('are opened for calls at the same time, so that none waits for another', async () => {
    await Promise.all(Array.from({ length: 8 }, post));
    expect(wechat.sockets.length).toBeGreaterThan(1);
  });
});

function answerWell(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"errcode":0}');
}

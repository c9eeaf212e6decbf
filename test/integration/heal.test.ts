import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';

const USER = '/cgi-bin/user/info';
const SEND = '/cgi-bin/message/custom/send';
const PROBE = '/cgi-bin/get_api_domain_ip';
const MESSAGE = '{"touser":"o1","msgtype":"text","text":{"content":"hi"}}';

describe.each([
  ['stable', '/cgi-bin/stable_token'],
  ['classic', '/cgi-bin/token'],
] as const)('a call with a %s token', (mode, tokenPath) => {
  const account = { ...simulatedAccount(), mode };
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let clock: MovableClock;

  beforeEach(async () => {
    clock = createMovableClock();
    clock.autoAdvance = true;
    rig = await startRig({ accounts: [account], clock });
    await rig.refreshEnvironment().invoke({});
    gateway = await startGatewayOnSockets(rig);
  });
  afterEach(async () => {
    await gateway.close();
    await rig.close();
  });

  const controls = () => rig.simulator.account(account.appId);
  const counts = () => [SEND, PROBE, tokenPath].map((path) => rig.simulator.log.count(path));
  const send = () => gateway.send({ method: 'POST', path: SEND, query: 'a=1', body: MESSAGE });
  const tokensSent = () =>
    rig.simulator.log.entries.filter(({ path }) => path === SEND).map(({ query }) => query.get('access_token'));

  it('that was killed has the token probed, issued and the call replayed once', async () => {
    const before = controls().currentToken(mode);
    controls().killCurrentToken();
    expect((await send()).json()).toMatchObject({ errcode: 0 });
    expect(counts()).toEqual([2, 1, 2]);
    expect(tokensSent()).toEqual([before, controls().currentToken(mode)]);
    expect(rig.refreshInvocations()).toBe(1);
  });

  it('that another environment has replaced is replayed with the stored one, and nothing is refreshed', async () => {
    const other = await startGatewayOnSockets(rig);
    await other.send({ path: USER, query: 'openid=o1' });
    controls().killCurrentToken();
    await send();
    const answer = await other.send({ method: 'POST', path: SEND, body: MESSAGE });
    expect(answer.json()).toMatchObject({ errcode: 0 });
    expect(counts()).toEqual([4, 1, 2]);
    expect(rig.refreshInvocations()).toBe(1);
    await other.close();
  });

  it('that only one endpoint refuses is probed, kept and replayed, and the day’s issues are spared', async () => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 40001, path: SEND });
    expect((await send()).json()).toMatchObject({ errcode: 0 });
    expect(counts()).toEqual([2, 1, 1]);
    expect(new Set(tokensSent()).size).toBe(1);
  });

  it('that one endpoint goes on refusing costs one probe a minute and no issue', async () => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 40001, path: SEND, times: Infinity });
    for (let calls = 0; calls < 4; calls += 1)
      expect(wechatErrorIn(await send())).toEqual([990401, 'token-refused-again']);
    expect(counts()).toEqual([8, 1, 1]);
    await clock.advance(60_001);
    await send();
    expect(counts()).toEqual([10, 2, 1]);
  });

  it.each([45009, 45011, 48001])('whose probe is answered with %s is kept', async (errcode) => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 42001, path: SEND });
    rig.simulator.faults.add({ kind: 'errcode', errcode, path: PROBE });
    expect((await send()).json()).toMatchObject({ errcode: 0 });
    expect(counts()).toEqual([2, 1, 1]);
  });

  it('that is missing has one issued, and the call is sent once', async () => {
    await clock.advance(7_200_000);
    expect((await send()).json()).toMatchObject({ errcode: 0 });
    expect(counts()).toEqual([1, 0, 2]);
  });

  it('that stays refused because no new one can be had gets -1 without a call, until a refresh succeeds', async () => {
    controls().killCurrentToken();
    controls().freezeSecret();
    expect(wechatErrorIn(await send())).toEqual([-1, 'no-token']);
    const [sent, invoked] = [rig.simulator.log.count(), rig.refreshInvocations()];
    for (let calls = 0; calls < 5; calls += 1) expect(wechatErrorIn(await send())).toEqual([-1, 'no-token']);
    const cold = await startGatewayOnSockets(rig);
    expect(wechatErrorIn(await cold.send({ path: USER }))).toEqual([-1, 'no-token']);
    await cold.close();
    expect([rig.simulator.log.count(), rig.refreshInvocations()]).toEqual([sent, invoked]);
    controls().unfreezeSecret();
    await clock.advance(300_001);
    await rig.refreshEnvironment().invoke({});
    expect((await send()).json()).toMatchObject({ errcode: 0 });
    expect(rig.refreshInvocations()).toBe(invoked);
  });

  it('is healed also when its errcode comes as text or in base_resp', async () => {
    for (const fault of [{ errcode: '40014' }, { errcode: 42001, wrapped: 'base_resp' as const }]) {
      rig.simulator.faults.add({ kind: 'errcode', path: SEND, ...fault });
      expect((await send()).json()).toMatchObject({ errcode: 0 });
    }
    expect(counts()[0]).toBe(4);
  });

  it('is replayed once by each of many callers, and one of them has the token refreshed', async () => {
    controls().killCurrentToken();
    clock.autoAdvance = false;
    const calls = Array.from({ length: 20 }, () => send());
    const waiting = keepMoving(clock);
    const answers = await Promise.all(calls).finally(waiting.stop);
    expect(answers.map((answer) => answer.json()['errcode'])).toEqual(answers.map(() => 0));
    expect(counts()).toEqual([40, 1, 2]);
    expect(rig.refreshInvocations()).toBe(1);
  });
});

/** Time that passes slowly while sockets work: each moment ends sleeps of the gateway, and no lease ends because this machine is busy. */
function keepMoving(clock: MovableClock) {
  const timer = setInterval(() => void clock.advance(5), 5);
  return { stop: () => clearInterval(timer) };
}

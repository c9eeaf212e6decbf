import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { type Rig, type RigCall, startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';

const account = simulatedAccount();
const USER_INFO = { path: '/cgi-bin/user/info', query: 'openid=o1' } as const;
const WECHAT_TAKES_MS = 300;
const TABLE_TAKES_MS = 20;

describe('the log line of a proxied call', () => {
  let rig: Rig;
  let clock: MovableClock;

  beforeEach(async () => {
    clock = createMovableClock();
    clock.autoAdvance = true;
    rig = await startRig({ accounts: [account], clock });
    await rig.refreshEnvironment().invoke({});
  });
  afterEach(() => rig.close());

  /** WeChat and the gateway both need time here. */
  function slowUpstream() {
    const real = createUpstream({ api: createUndiciWechatApi({ clock }), origins: [rig.simulator.origin], clock });
    const call: typeof real.call = async (...args) => {
      const answer = await real.call(...args);
      clock.set(clock.now() + WECHAT_TAKES_MS);
      return answer;
    };
    return { call };
  }

  /** Makes one call; all lines about calls that it brought. */
  async function lineOf(call: RigCall): Promise<Record<string, unknown>> {
    const before = rig.lines.length;
    const appSecretCaller = rig.appSecretEnvironment();
    const environment = rig.callEnvironment({
      upstream: slowUpstream(),
      appSecretCaller: { call: appSecretCaller.invoke },
      runRefresh: async (event) => {
        clock.set(clock.now() + TABLE_TAKES_MS);
        return rig.refreshEnvironment().invoke(event);
      },
    });
    await environment.call(call);
    const lines = rig.lines.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
    const ofCalls = lines.filter(({ event }) => event === 'call');
    expect(ofCalls).toHaveLength(1);
    return ofCalls[0] ?? {};
  }

  it('tells who called what for whom, what WeChat said, and how long each of us took', async () => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 40003, errmsg: 'invalid openid rid: a-b-c' });
    expect(await lineOf({ ...USER_INFO })).toEqual({
      level: 'INFO',
      timestamp: expect.any(String),
      event: 'call',
      requestId: 'test',
      account: account.appId,
      caller: rig.callerId,
      keyId: expect.stringMatching(/^[\w-]{12}$/),
      method: 'GET',
      path: USER_INFO.path,
      status: 200,
      errcode: 40003,
      rid: 'a-b-c',
      origin: rig.simulator.origin,
      totalMs: WECHAT_TAKES_MS,
      ownMs: 0,
      upstreamMs: WECHAT_TAKES_MS,
      requestBytes: 0,
      answerBytes: expect.any(Number),
    });
  });

  it('says that a call was healed, whose time includes both attempts, and ours the refresh', async () => {
    rig.simulator.account(account.appId).killCurrentToken();
    const line = await lineOf({ ...USER_INFO });
    expect(line).toMatchObject({ level: 'INFO', healed: true, upstreamMs: 2 * WECHAT_TAKES_MS });
    expect(line['ownMs']).toBe(Number(line['totalMs']) - 2 * WECHAT_TAKES_MS);
    expect(line['ownMs']).toBeGreaterThanOrEqual(TABLE_TAKES_MS);
  });

  it('has the address that WeChat does not allow', async () => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 40164, errmsg: 'invalid ip 192.0.2.7, not in whitelist' });
    expect(await lineOf({ ...USER_INFO })).toMatchObject({ errcode: 40164, egressAddress: '192.0.2.7' });
  });

  it.each<[string, (rig: Rig) => unknown, Partial<RigCall>, object]>([
    [
      'no token is to be had',
      ({ simulator }) => {
        simulator.account(account.appId).killCurrentToken();
        simulator.account(account.appId).freezeSecret();
      },
      USER_INFO,
      { cause: 'no-token', errcode: -1, fault: 'gateway' },
    ],
    [
      'WeChat refuses the token again',
      ({ simulator }) => simulator.faults.add({ kind: 'errcode', errcode: 40001, path: USER_INFO.path, times: 2 }),
      USER_INFO,
      { cause: 'token-refused-again', errcode: 990401, fault: 'gateway' },
    ],
    [
      'WeChat breaks off',
      ({ simulator }) => simulator.faults.add({ kind: 'reset', when: 'after', path: USER_INFO.path, times: 9 }),
      { ...USER_INFO, method: 'POST', body: '{}' },
      { cause: 'upstream-broke', errcode: 990504, fault: 'upstream' },
    ],
  ])('is an error when %s', async (_what, happen, call, told) => {
    await happen(rig);
    expect(await lineOf({ ...USER_INFO, ...call })).toMatchObject({ level: 'ERROR', account: account.appId, ...told });
  });

  it('is an error when WeChat refuses the app secret', async () => {
    rig.simulator.account(account.appId).setSecret('0'.repeat(32));
    const fields = { appid: account.appId, secret: rig.callerKey, js_code: 'c', grant_type: 'authorization_code' };
    const query = new URLSearchParams(fields).toString();
    const line = await lineOf({ path: '/sns/jscode2session', query, headers: { authorization: '' } });
    expect(line).toMatchObject({ level: 'ERROR', cause: 'app-secret-refused', errcode: 990401, fault: 'gateway' });
  });

  it.each([
    ['a key that is none', { ...USER_INFO, headers: { authorization: 'Bearer x' } }, 'caller', 'malformed-credential'],
    ['a path that is none', { path: '/cgi-bin//user' }, 'request', 'double-slash'],
  ])('is no error when the caller sends %s', async (_what, call, fault, cause) => {
    expect(await lineOf(call)).toMatchObject({ level: 'INFO', fault, cause });
  });
});

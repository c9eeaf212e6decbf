import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RefusalCause } from '#shared/api-call/refusal.ts';
import { callerKey, tokenKey } from '#shared/table/keys.ts';
import type { CallLimits, Upstream } from '#shared/wechat/upstream.ts';
import { UpstreamFailure, type UpstreamFailureKind } from '#shared/wechat/wechat-api.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { simulatedAccount } from './callers.ts';
import { problemIn, wechatErrorIn } from './expected-answers.ts';

const USER = '/cgi-bin/user/info';
const SEND = '/cgi-bin/message/custom/send';
const MESSAGE = '{"touser":"o1","msgtype":"text","text":{"content":"hi"}}';
const account = simulatedAccount();

describe('a call that something keeps from being carried out', () => {
  let rig: Rig;
  let gateway: GatewayOnSockets;

  beforeEach(async () => {
    rig = await startRig({ accounts: [account] });
    gateway = await startGatewayOnSockets(rig);
  });
  afterEach(async () => {
    await gateway.close();
    await rig.close();
  });

  const warm = () => rig.refreshEnvironment().invoke({});
  const put = async (key: { pk: string; sk: string }, attributes: Readonly<Record<string, { S: string }>>) => {
    const Item = { pk: { S: key.pk }, sk: { S: key.sk }, ...attributes };
    await rig.dynamodbClient().send(new PutItemCommand({ TableName: rig.tableName, Item }));
  };

  it('answers -1 when there is no token to be had, and WeChat hears no call', async () => {
    rig.simulator.account(account.appId).setSecret('replaced');
    expect(wechatErrorIn(await gateway.send({ path: USER }))).toEqual([-1, 'no-token']);
    expect(rig.simulator.log.count(USER)).toBe(0);
  });

  it('answers -1 during the cooldown after that, without asking WeChat or invoking anything', async () => {
    rig.simulator.account(account.appId).setSecret('replaced');
    await gateway.send({ path: USER });
    const [sent, invoked] = [rig.simulator.log.count(), rig.refreshInvocations()];
    for (let calls = 0; calls < 3; calls += 1) {
      expect(wechatErrorIn(await gateway.send({ path: USER }))).toEqual([-1, 'no-token']);
    }
    expect([rig.simulator.log.count(), rig.refreshInvocations()]).toEqual([sent, invoked]);
    expect(problemIn(await gateway.send({ path: '/gateway/token' }))).toEqual([503, 'no-token']);
  });

  it('answers -1 when the table cannot be reached', async () => {
    await warm();
    const sent = rig.simulator.log.count();
    await rig.dynamodb.close();
    expect(wechatErrorIn(await gateway.send({ path: USER }))).toEqual([-1, 'table-unreachable']);
    expect(problemIn(await gateway.send({ path: '/gateway/token' }))).toEqual([503, 'table-unreachable']);
    expect(problemIn(await gateway.send({ path: '/gateway/status' }))).toEqual([503, 'table-unreachable']);
    expect(rig.simulator.log.count()).toBe(sent);
  });

  it('goes on with what the environment knows when the table goes away under it', async () => {
    await warm();
    expect((await gateway.send({ path: USER, query: 'openid=o1' })).json()).toMatchObject({ openid: 'o1' });
    await rig.dynamodb.close();
    expect((await gateway.send({ path: USER, query: 'openid=o2' })).json()).toMatchObject({ openid: 'o2' });
  });

  it('answers -1 when the table goes away just when a token is refused', async () => {
    await warm();
    await gateway.send({ path: USER, query: 'openid=o1' });
    rig.simulator.account(account.appId).killCurrentToken();
    await rig.dynamodb.close();
    expect(wechatErrorIn(await gateway.send({ method: 'POST', path: SEND, body: MESSAGE }))).toEqual([
      -1,
      'table-unreachable',
    ]);
    expect(rig.simulator.log.count(SEND)).toBe(1);
  });

  it.each([
    ['the caller', () => callerKey(rig.callerId), '/gateway/status'],
    ['the token', () => tokenKey(account.appId), '/gateway/token'],
  ])('answers -1 for its own fault when the stored item of %s is broken', async (_, key, ownEndpoint) => {
    await put(key(), { token: { S: 'x' } });
    expect(wechatErrorIn(await gateway.send({ path: USER }))).toEqual([-1, 'internal-error']);
    expect(problemIn(await gateway.send({ path: ownEndpoint }))).toEqual([500, 'internal-error']);
    expect(rig.simulator.log.count()).toBe(0);
  });

  it('answers -1 when WeChat cannot be reached', async () => {
    await warm();
    await rig.simulator.close();
    expect(wechatErrorIn(await gateway.send({ path: USER }))).toEqual([-1, 'upstream-unreachable']);
    expect(wechatErrorIn(await gateway.send({ method: 'POST', path: SEND, body: '{}' }))).toEqual([
      -1,
      'upstream-unreachable',
    ]);
  });

  it('counts as a failure of the upstream when WeChat is at fault, and not when the caller is', async () => {
    await warm();
    const counted = () => rig.lines.filter((line) => line.includes('"UpstreamFailures":1')).length;
    await gateway.send({ path: '/cgi-bin/component' });
    rig.simulator.faults.add({ kind: 'errcode', errcode: 40003, path: USER });
    await gateway.send({ path: USER });
    expect(counted()).toBe(0);
    rig.simulator.faults.add({ kind: 'reset', when: 'after', path: SEND });
    await gateway.send({ method: 'POST', path: SEND, body: MESSAGE });
    expect(counted()).toBe(1);
    await rig.simulator.close();
    await gateway.send({ path: USER });
    expect(counted()).toBe(2);
  });

  it('answers -1 when no token can be issued because WeChat cannot be reached', async () => {
    await rig.simulator.close();
    expect(wechatErrorIn(await gateway.send({ path: USER }))).toEqual([-1, 'no-token']);
  });

  it.each(['GET', 'POST'])('answers 990504 when the connection is reset after a %s was sent', async (method) => {
    await warm();
    rig.simulator.faults.add({ kind: 'reset', when: 'after', path: SEND, times: Infinity });
    const body = method === 'POST' ? { body: MESSAGE } : {};
    expect(wechatErrorIn(await gateway.send({ method, path: SEND, ...body }))).toEqual([990504, 'upstream-broke']);
    expect(rig.simulator.log.count(SEND)).toBe(1);
  });

  it('answers 990504 when the answer breaks off, and passes nothing of it on', async () => {
    await warm();
    rig.simulator.faults.add({ kind: 'truncate', atByte: 20, path: USER });
    const answer = await gateway.send({ path: USER, query: 'openid=o1' });
    expect(wechatErrorIn(answer)).toEqual([990504, 'upstream-broke']);
  });

  it('answers 990413 when the answer is over 4.4 million bytes, and stops reading', async () => {
    await warm();
    rig.simulator.faults.add({ kind: 'endless', path: USER });
    expect(wechatErrorIn(await gateway.send({ path: USER, query: 'openid=o1' }))).toEqual([990413, 'answer-too-large']);
    expect(rig.simulator.log.count(USER)).toBe(1);
  });

  it.each([40001, 40014, 42001, '40001'])(
    'answers 990401 after one replay when WeChat keeps saying %j',
    async (errcode) => {
      await warm();
      rig.simulator.faults.add({ kind: 'errcode', errcode, path: SEND, times: Infinity });
      const answer = await gateway.send({ method: 'POST', path: SEND, body: MESSAGE });
      expect(wechatErrorIn(answer)).toEqual([990401, 'token-refused-again']);
      expect(rig.simulator.log.count(SEND)).toBe(2);
    },
  );

  it('passes every other errcode of WeChat on as it came', async () => {
    await warm();
    for (const errcode of [-1, 40003, 40125, 42002, 45009, 45011, 48001, 50002]) {
      // A call that just reads is repeated twice for a -1.
      const times = errcode === -1 ? 3 : 1;
      rig.simulator.faults.add({ kind: 'errcode', errcode, errmsg: '错误 rid: a-b-c', path: USER, times });
      const answer = await gateway.send({ path: USER });
      expect(answer.text).toBe(`{"errcode":${errcode},"errmsg":"错误 rid: a-b-c"}`);
      expect(answer.headers['x-gateway-error']).toBeUndefined();
    }
    expect(rig.refreshInvocations()).toBe(0);
  });

  it.each([
    [502, '<html>bad gateway</html>'],
    [412, ''],
    [302, ''],
  ])('passes the status %s on as it came', async (status, body) => {
    await warm();
    rig.simulator.faults.add({ kind: 'status', status, body, contentType: 'text/html', path: USER });
    const answer = await gateway.send({ path: USER });
    expect({ status: answer.status, text: answer.text }).toEqual({ status, text: body });
    expect(rig.simulator.log.count(USER)).toBe(1);
  });
});

describe('a call whose upstream fails in ways that take too long on sockets', () => {
  it.each<[UpstreamFailureKind, boolean, number, RefusalCause]>([
    ['first-byte-timeout', true, 990504, 'upstream-timeout'],
    ['deadline', true, 990504, 'upstream-timeout'],
    ['connect-timeout', true, 990504, 'upstream-timeout'],
    ['malformed', true, 990504, 'upstream-broke'],
    ['connect-timeout', false, -1, 'upstream-unreachable'],
    ['dns', false, -1, 'upstream-unreachable'],
    ['tls', false, -1, 'upstream-unreachable'],
    ['deadline', false, -1, 'upstream-unreachable'],
  ])('answers a %s, sent %s, with %s', async (kind, sent, errcode, cause) => {
    const failure = new UpstreamFailure(kind, 'https://api.weixin.qq.com', sent);
    await withUpstream(failing(failure, sent), async (gateway) => {
      expect(wechatErrorIn(await gateway.send({ method: 'POST', path: SEND, body: MESSAGE }))).toEqual([
        errcode,
        cause,
      ]);
    });
  });

  it.each<[boolean, number, RefusalCause]>([
    [true, 990504, 'failed-after-sending'],
    [false, -1, 'internal-error'],
  ])('answers an error nobody foresaw, sent %s, with %s', async (sent, errcode, cause) => {
    await withUpstream(failing(new Error('unforeseen'), sent), async (gateway) => {
      expect(wechatErrorIn(await gateway.send({ method: 'POST', path: SEND, body: MESSAGE }))).toEqual([
        errcode,
        cause,
      ]);
    });
  });
});

describe('a call that is still under way when Lambda is about to end it', () => {
  it.each<[boolean, number, RefusalCause]>([
    [true, 990504, 'failed-after-sending'],
    [false, -1, 'internal-error'],
  ])('is answered in time: sent %s, with %s', async (sent, errcode, cause) => {
    const rig = await startRig({ accounts: [account] });
    await rig.refreshEnvironment().invoke({});
    const environment = rig.callEnvironment({ upstream: silent(sent) });
    // The handler answers 1.5 s before the end.
    const local = { ...environment.local, timeoutMs: 2_500 };
    const gateway = await startGatewayOnSockets(rig, { ...environment, local });
    const answer = await gateway.send({ method: 'POST', path: SEND, body: MESSAGE });
    expect(wechatErrorIn(answer)).toEqual([errcode, cause]);
    expect(rig.lines.filter((line) => line.includes('"event":"call"'))).toHaveLength(1);
    await gateway.close();
    await rig.close();
  });
});

/** An upstream that never says a word. */
function silent(sent: boolean): Upstream {
  return {
    call(_request, limits: CallLimits) {
      if (sent) limits.onSend?.();
      return new Promise(() => {});
    },
  };
}

/** An upstream that fails before or after it has told that the request goes out. */
function failing(error: Error, sent: boolean): Upstream {
  return {
    async call(_request, limits: CallLimits) {
      if (sent) limits.onSend?.();
      throw error;
    },
  };
}

async function withUpstream(upstream: Upstream, test: (gateway: GatewayOnSockets) => Promise<void>): Promise<void> {
  const rig = await startRig({ accounts: [account] });
  await rig.refreshEnvironment().invoke({});
  const gateway = await startGatewayOnSockets(rig, rig.callEnvironment({ upstream }));
  await test(gateway);
  await gateway.close();
  await rig.close();
}

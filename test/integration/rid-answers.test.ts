import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';

const USER = '/cgi-bin/user/info';
const SEND = '/cgi-bin/message/custom/send';
const RID_GET = '/cgi-bin/openapi/rid/get';
const account = simulatedAccount();

describe('looking up a call by its rid', () => {
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

  const ridOf = async (call: Parameters<GatewayOnSockets['send']>[0]) =>
    /rid: ([0-9a-f-]+)/.exec((await gateway.send(call)).text)?.[1] ?? '';
  const lookUp = (rid: string, more = {}) =>
    gateway.send({ method: 'POST', path: RID_GET, body: JSON.stringify({ rid }), ...more });
  const token = () => rig.simulator.account(account.appId).currentToken('stable') ?? '';

  it('shows the call without the access token that WeChat gives back in it', async () => {
    const rid = await ridOf({ path: USER, query: 'openid=bad1&lang=zh_CN' });
    expect(rig.simulator.log.entries.at(-1)?.url).toContain(token());
    const answer = await lookUp(rid);
    expect(answer.json()).toMatchObject({
      errcode: 0,
      request: {
        request_url: 'access_token=[removed by the gateway]&openid=bad1&lang=zh_CN',
        response_body: expect.stringContaining(`"errmsg":"invalid openid rid: ${rid}"`),
      },
    });
    expect(answer.text).not.toContain(token());
  });

  it('shows no secret of the body of a call, however deep it is', async () => {
    const secrets = { secret: 's-1', nested: { refresh_token: 's-2', list: [{ session_key: 's-3' }] }, js_code: 's-4' };
    const body = JSON.stringify({ touser: 'bad', ...secrets, text: JSON.stringify({ appsecret: 's-5', a: 'kept' }) });
    const answer = await lookUp(await ridOf({ method: 'POST', path: SEND, body }));
    expect(answer.text).toContain('kept');
    expect(answer.text).not.toMatch(/s-\d/);
  });

  it('shows nothing at all when the answer cannot be read', async () => {
    const rid = await ridOf({ path: USER, query: 'openid=bad1' });
    for (const body of [`access_token=${token()}`, '{"request":', Buffer.from([0x1f, 0x8b, 0xff])]) {
      rig.simulator.faults.add({ kind: 'body', body, path: RID_GET });
      expect(wechatErrorIn(await lookUp(rid))).toEqual([990504, 'upstream-broke']);
    }
  });

  it('passes errors of the look-up on', async () => {
    await gateway.send({ path: USER, query: 'openid=o1' });
    expect((await lookUp('0-0-0')).json()).toMatchObject({ errcode: 76001 });
    expect((await lookUp('?')).json()).toMatchObject({ errcode: 76002 });
  });

  it('takes the permission rid:read and nothing else', async () => {
    const rid = await ridOf({ path: USER, query: 'openid=bad1' });
    const closed = await addCaller(rig, { grants: [{ appId: account.appId, allow: ['/*', RID_GET] }] });
    expect(wechatErrorIn(await lookUp(rid, { headers: closed }))).toEqual([48001, 'not-granted']);
    const open = await addCaller(rig, { grants: [{ appId: account.appId, allow: ['rid:read'] }] });
    expect((await lookUp(rid, { headers: open })).json()).toMatchObject({ errcode: 0 });
  });

  it.each([`${RID_GET}/`, RID_GET.toUpperCase(), '/cgi-bin/OpenAPI/rid/get'])(
    'is not done under the name %s without the permission either',
    async (path) => {
      const headers = await addCaller(rig, { grants: [{ appId: account.appId, allow: ['/*'] }] });
      expect(wechatErrorIn(await lookUp('0-0-0', { path, headers }))).toEqual([48001, 'not-granted']);
    },
  );
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsSignature } from '#shared/ticket/js-signature.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { problemIn } from './expected-answers.ts';

const PATH = '/gateway/js-signature';
const TICKET_PATH = '/cgi-bin/ticket/getticket';
const URL_OF_PAGE = 'https://shop.example/a?b=%E4%BD%A0&c=1';
const account = simulatedAccount();
const other = simulatedAccount();
const named = { 'x-wechat-appid': account.appId };

describe('POST /gateway/js-signature', () => {
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let clock: MovableClock;

  beforeEach(async () => {
    clock = createMovableClock();
    rig = await startRig({ accounts: [account, other], clock });
    await rig.refreshEnvironment().invoke({});
    gateway = await startGatewayOnSockets(rig);
  });
  afterEach(async () => {
    await gateway.close();
    await rig.close();
  });

  const sign = (body: unknown, headers: Record<string, string> = named) =>
    gateway.send({ method: 'POST', path: PATH, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const ticket = async () =>
    String((await gateway.send({ path: TICKET_PATH, query: 'type=jsapi', headers: named })).json()['ticket']);

  it("signs a page with the account's ticket", async () => {
    await clock.advance(1_999);
    const answer = await sign({ url: `${URL_OF_PAGE}#/route?x=1` });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    const { appId, timestamp, nonceStr, signature } = answer.json();
    expect(Object.keys(answer.json())).toEqual(['appId', 'timestamp', 'nonceStr', 'signature']);
    expect(appId).toBe(account.appId);
    expect(timestamp).toBe(Math.floor(clock.now() / 1_000));
    expect(nonceStr).toMatch(/^[A-Za-z0-9]{16}$/);
    const page = { url: URL_OF_PAGE, nonceStr: String(nonceStr), timestamp: Number(timestamp) };
    expect(signature).toBe(jsSignature(await ticket(), page));
  });

  it('takes a new nonce for every call and one ticket for all', async () => {
    const first = await sign({ url: URL_OF_PAGE });
    const others = await Promise.all(Array.from({ length: 20 }, () => sign({ url: URL_OF_PAGE })));
    expect(new Set([first, ...others].map((answer) => answer.json()['nonceStr'])).size).toBe(21);
    expect(rig.simulator.log.count(TICKET_PATH)).toBe(1);
  });

  it('takes the account from a gateway token, and any content type', async () => {
    const query = `grant_type=client_credential&appid=${other.appId}&secret=${rig.callerKey}`;
    const token = (await gateway.send({ path: '/cgi-bin/token', query, headers: { authorization: '' } })).json();
    const answer = await gateway.send({
      method: 'POST',
      path: PATH,
      query: `access_token=${String(token['access_token'])}`,
      headers: { authorization: '', 'content-type': 'text/plain' },
      body: JSON.stringify({ url: URL_OF_PAGE }),
    });
    expect(answer.json()['appId']).toBe(other.appId);
  });

  it.each(['', 'url=https://a.example', '["https://a.example"]', '"https://a.example"', '{"url":'])(
    'says 400 to a body that is not a JSON object: %s',
    async (body) => {
      expect(problemIn(await sign(body))).toEqual([400, 'malformed-json']);
    },
  );

  it.each([
    [{}],
    [{ url: '' }],
    [{ url: 7 }],
    [{ url: null }],
    [{ url: 'shop.example/a' }],
    [{ url: '/a' }],
    [{ url: 'https:shop.example' }],
    [{ url: 'https://' }],
    [{ url: 'ftp://shop.example/a' }],
    [{ url: 'file:///a' }],
    [{ url: 'javascript:alert(1)' }],
    [{ url: ' https://shop.example/a' }],
    [{ url: 'https://shop.example/a b' }],
    [{ url: 'https://shop.example/a\n&x=1' }],
  ])('says 400 to what is no address of a page: %j', async (body) => {
    const answer = await sign(body);
    expect(problemIn(answer)).toEqual([400, 'malformed-page-url']);
    expect(answer.json()['detail']).toContain('{"url":"..."}');
    expect(rig.simulator.log.count(TICKET_PATH)).toBe(0);
  });

  it('is for callers that may call getticket', async () => {
    const granted = [{ appId: account.appId, allow: ['/cgi-bin/ticket/*'] }];
    expect((await sign({ url: URL_OF_PAGE }, await addCaller(rig, { grants: granted }))).status).toBe(200);
    const notGranted = [{ appId: account.appId, allow: ['/cgi-bin/user/*', '/gateway/*'] }];
    const refused = await sign({ url: URL_OF_PAGE }, await addCaller(rig, { grants: notGranted }));
    expect(problemIn(refused)).toEqual([403, 'not-granted']);
    expect(problemIn(await sign({ url: URL_OF_PAGE }, { authorization: '' }))).toEqual([401, 'no-credential']);
    expect(problemIn(await sign({ url: URL_OF_PAGE }, {}))).toEqual([400, 'account-not-named']);
  });

  it("tells WeChat's no in a problem document", async () => {
    rig.simulator.faults.add({ kind: 'errcode', errcode: 48001, path: TICKET_PATH });
    const answer = await sign({ url: URL_OF_PAGE });
    expect(problemIn(answer)).toEqual([502, 'ticket-refused']);
    expect(answer.json()).toMatchObject({ errcode: 48001, detail: expect.stringContaining('unauthorized') });
  });

  it('says 503 when there is no ticket for another reason', async () => {
    rig.simulator.faults.add({ kind: 'html', path: TICKET_PATH });
    expect(problemIn(await sign({ url: URL_OF_PAGE }))).toEqual([503, 'no-ticket']);
  });

  it.each(['GET', 'PUT', 'DELETE'])('takes POST only, and says so to %s', async (method) => {
    const answer = await gateway.send({ method, path: PATH, headers: named });
    expect(problemIn(answer)).toEqual([405, 'method-not-allowed']);
    expect(answer.headers.allow).toBe('POST');
  });
});

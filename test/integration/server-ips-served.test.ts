import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withNextVersion } from '#shared/server-ips/next-version.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { problemIn } from './expected-answers.ts';

const [one, other] = [simulatedAccount(), simulatedAccount()];
const RANGES = { v4: ['101.226.103.0/25', '106.55.206.146/32'], v6: ['2402:4e00::/32'] };

describe('GET /gateway/server-ips', () => {
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let mayRead: Readonly<Record<string, string>>;
  beforeEach(async () => {
    rig = await startRig({ accounts: [one, other] });
    gateway = await startGatewayOnSockets(rig);
    mayRead = await addCaller(rig, {
      grants: [
        { appId: one.appId, allow: [] },
        { appId: other.appId, allow: ['server-ips:read'] },
      ],
    });
  });
  afterEach(async () => {
    await gateway.close();
    await rig.close();
  });

  const store = () => createDynamoServerIpsStore(rig.dynamodbClient(), rig.tableName);
  const apply = async (ranges = RANGES) => {
    const { state, revision } = await store().read('callback');
    const version = { ranges, reason: 'observed', account: one.appId, at: Date.UTC(2026, 10, 20) } as const;
    await store().replace('callback', withNextVersion(state, version), revision);
  };
  const get = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    gateway.send({ path: '/gateway/server-ips', query, headers: { ...mayRead, ...headers } });

  it('serves JSON by default, text and nginx rules, with version and max-age', async () => {
    await apply();
    const json = await get('list=callback');
    expect(json.status).toBe(200);
    expect(json.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'private, max-age=300',
      'x-server-ips-version': '1',
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    });
    expect(json.json()).toEqual({ list: 'callback', version: 1, changedAt: '2026-11-20T00:00:00.000Z', ...RANGES });
    const text = await get('list=callback&format=text');
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text.text).toBe('101.226.103.0/25\n106.55.206.146/32\n2402:4e00::/32\n');
    expect((await get('list=callback&format=nginx')).text).toMatch(/^# .*version 1\nallow [^]*\ndeny all;\n$/);
  });

  it('answers 304 without a body to who has the version, and 200 after a change', async () => {
    await apply();
    for (const format of ['json', 'text', 'nginx']) {
      const query = `list=callback&format=${format}`;
      const { etag = '' } = (await get(query)).headers;
      for (const sent of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
        const again = await get(query, { 'if-none-match': sent });
        expect([again.status, again.text]).toEqual([304, '']);
        expect(again.headers).toMatchObject({ etag, 'cache-control': 'private, max-age=300' });
      }
      expect((await get(query, { 'if-none-match': '"other"' })).status).toBe(200);
    }
    const { etag = '' } = (await get('list=callback&format=text')).headers;
    await apply({ v4: ['106.55.206.146/32'], v6: [] });
    const changed = await get('list=callback&format=text', { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.headers['x-server-ips-version']).toBe('2');
  });

  it('needs the permission server-ips:read for one of the accounts, which no path pattern implies', async () => {
    await apply();
    const anyPath = await addCaller(rig, { grants: [{ appId: one.appId, allow: ['/*', 'token:read'] }] });
    expect(problemIn(await get('list=callback', anyPath))).toEqual([403, 'not-granted']);
    expect(problemIn(await get('list=callback', { authorization: '' }))).toEqual([401, 'no-credential']);
  });

  it('takes a gateway token for the account that it is for', async () => {
    await apply();
    const { appId } = other;
    const issued = await gateway.send({
      path: '/cgi-bin/token',
      query: `grant_type=client_credential&appid=${appId}&secret=${mayRead['authorization']?.slice(7) ?? ''}`,
      headers: { authorization: '' },
    });
    const token = String(issued.json()['access_token']);
    const ask = (accessToken: string) =>
      gateway.send({
        path: '/gateway/server-ips',
        query: `list=callback&access_token=${accessToken}`,
        headers: { authorization: '' },
      });
    expect((await ask(token)).status).toBe(200);
  });

  it.each(['', 'list=', 'list=all', 'format=text', 'list=callback&format=xml', 'list=callback&format='])(
    'refuses the query "%s"',
    async (query) => {
      await apply();
      expect(problemIn(await get(query))).toEqual([400, 'malformed-server-ips-query']);
    },
  );

  it('answers 503 before the first sync and while the table does not answer', async () => {
    expect(problemIn(await get('list=api-domain'))).toEqual([503, 'no-server-ips']);
    await get('list=callback');
    await rig.dynamodb.close();
    expect(problemIn(await get('list=callback'))).toEqual([503, 'table-unreachable']);
  });

  it('takes GET only', async () => {
    const answer = await gateway.send({ method: 'POST', path: '/gateway/server-ips', headers: mayRead });
    expect(problemIn(answer)).toEqual([405, 'method-not-allowed']);
  });
});

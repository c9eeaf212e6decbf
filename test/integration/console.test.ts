import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConsoleState } from '../../infra/operator/console/console-state.ts';
import { type ConsoleScene, enterUsage, failRefresh, issueTokens, startConsoleScene } from './console-scene.ts';
import { startOperatedGateway } from './operator-cli.ts';
import { runConsole } from './run-console.ts';

const PAGE = ['/', '/console.css', '/main.js', '/uplot.js', '/uplot.css', '/state.json'];

/** One request as any program could send it; fetch would not let us choose these headers. */
async function send(url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    headers: IncomingHttpHeaders;
    body: string;
  }>();
  request(url, { method, headers }, (response) => {
    void text(response).then((body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
  })
    .on('error', reject)
    .end();
  return promise;
}

describe('the console on its own port', () => {
  let scene: ConsoleScene;
  beforeAll(async () => {
    scene = await startConsoleScene({ accounts: 1 });
  });
  afterAll(() => scene.close());

  it.each(PAGE)('serves %s under a strict policy, to be kept by nobody', async (path) => {
    const { status, headers } = await send(scene.url + path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('answers to both names of this machine, and to a person who types the address', async () => {
    const { port } = new URL(scene.url);
    expect((await send(`${scene.url}/`, { host: `localhost:${port}` })).status).toBe(200);
    expect((await send(`${scene.url}/`, { 'sec-fetch-site': 'none' })).status).toBe(200);
    expect((await send(`${scene.url}/state.json`, { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it.each([
    ['under a name that somebody else made lead here', 421, { host: 'rebound.example' }],
    ['under another port', 421, { host: '127.0.0.1:1' }],
    ['from a script of another site', 403, { origin: 'https://evil.example' }],
    ['from a page without an origin', 403, { origin: 'null' }],
    ['from another site without a script', 403, { 'sec-fetch-site': 'cross-site' }],
    ['from another port of this machine', 403, { 'sec-fetch-site': 'same-site' }],
  ])('refuses what comes %s, with no word of the gateway', async (_what, status, headers) => {
    for (const path of PAGE) {
      const answer = await send(scene.url + path, headers);
      expect(answer.status).toBe(status);
      expect(answer.body).not.toMatch(/stage|accounts|script/);
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('refuses %s: it changes nothing', async (method) => {
    const { status, headers } = await send(`${scene.url}/state.json`, {}, method);
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET' });
  });

  it.each([
    '/index.html',
    '/tsconfig.json',
    '/uplot.d.ts',
    '/..%2fconsole-server.ts',
    '/%2e%2e/package.json',
    '/favicon.ico',
  ])('has no %s', async (path) => {
    expect((await send(scene.url + path)).status).toBe(404);
  });
});

describe('what the console tells', () => {
  let scene: ConsoleScene;
  afterEach(() => scene.close());
  const state = async () => JSON.parse(await scene.state()) as ConsoleState;

  it('is how the gateway is, and holds no secret', async () => {
    scene = await startConsoleScene({ accounts: 2 });
    await issueTokens(scene);
    await enterUsage(scene);
    await failRefresh(scene, scene.accounts[1] ?? '');
    const { accounts, usage, serverIps, alarms, verdict } = await state();
    expect(accounts).toMatchObject({
      value: [
        { appId: scene.accounts[1], condition: 'failing', failure: { errcode: 40243, resolved: false } },
        { appId: scene.accounts[0], condition: 'alive', failure: null },
      ],
    });
    expect(usage).toMatchObject({
      value: {
        quotas: [
          { endpoint: '/cgi-bin/message/custom/send', calls: 480_000, quota: 500_000, forecast: { kind: 'ends' } },
          { endpoint: '/cgi-bin/qrcode/create', sharedPercent: 80, forecast: { kind: 'lasts' } },
          { endpoint: '/cgi-bin/user/info', others: 80_000, source: 'wechat' },
          { usedPercent: 1.2, source: 'operator' },
        ],
        callers: [{ callerId: scene.rig.callerId, calls: 584_512 }, { calls: 0 }],
        errors: { 45009: { meaning: 'api daily quota reached' } },
      },
    });
    expect(serverIps).toMatchObject({
      value: [
        { list: 'callback', version: 2 },
        { list: 'api-domain', version: 0 },
      ],
    });
    expect(alarms).toEqual({ value: null });
    expect(verdict).toMatchObject({ level: 'warning', headline: expect.stringMatching(/cannot be refreshed/) });
  });

  it('names an account that nobody refreshes, and one without a token before it', async () => {
    scene = await startConsoleScene({ accounts: 2 });
    scene.rig.simulator.account(scene.accounts[0] ?? '').freezeSecret();
    await issueTokens(scene);
    scene.clock.set(scene.clock.now() + 18 * 60_000);
    const { accounts, verdict } = await state();
    expect(accounts).toMatchObject({ value: [{ condition: 'dead' }, { condition: 'overdue' }] });
    expect(verdict).toEqual({
      level: 'critical',
      headline: `${scene.accounts[0]} has no token that works`,
      others: [`${scene.accounts[1]} is not being refreshed`],
    });
  });

  it('is all there is when a part cannot be read, and says why', async () => {
    scene = await startConsoleScene({ accounts: 1 });
    await issueTokens(scene);
    await scene.rig.dynamodb.close();
    const { accounts, usage, alarms, verdict } = await state();
    const trouble = expect.stringMatching(/^The gateway's services cannot be reached/);
    expect({ accounts, usage, alarms }).toEqual({ accounts: { trouble }, usage: { trouble }, alarms: { value: null } });
    expect(verdict).toMatchObject({
      level: 'critical',
      headline: expect.stringMatching(/^The accounts cannot be read/),
    });
  });

  it('is read from the table once, however many pages look', async () => {
    scene = await startConsoleScene({ accounts: 1 });
    await issueTokens(scene);
    const first = await state();
    await failRefresh(scene, scene.accounts[0] ?? '');
    expect(await state()).toEqual(first);
    scene.clock.set(scene.clock.now() + 5_000);
    expect((await state()).verdict.level).toBe('warning');
  });
});

describe('operator console', () => {
  it('serves a local run until Ctrl-C', async () => {
    const gateway = await startOperatedGateway({
      accounts: [{ appId: 'wx5d1f3a2b4c6e7081', appSecret: '99b2c3d4e5f60718293a4b5c6d7e8f99' }],
    });
    const { port } = new URL(gateway.door.endpoint);
    const served = await runConsole(['--local', '--port', port]);
    expect(await served.state()).toMatchObject({
      gateway: {
        name: `the local run at ${gateway.door.endpoint}`,
        commandLine: `npm run operator -- --local --port ${port}`,
      },
      accounts: { value: [{ appId: 'wx5d1f3a2b4c6e7081', condition: 'dead' }] },
      alarms: { value: null },
    });
    const second = await gateway.run(['console', '--page-port', new URL(served.url).port]);
    expect(second).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/is taken\..*another port/),
    });
    expect(await served.interrupt()).toBe(130);
    await gateway.close();
  });
});

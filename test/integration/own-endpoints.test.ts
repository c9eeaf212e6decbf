import { UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprintOf } from '#shared/access-token/access-token.ts';
import { errcodeEntry } from '#shared/wechat/errcode.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { problemIn } from './expected-answers.ts';

const stable = simulatedAccount();
const classic = { ...simulatedAccount(), mode: 'classic' as const };
const HOUR_MS = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();

describe("the gateway's own endpoints", () => {
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let clock: MovableClock;

  beforeEach(async () => {
    clock = createMovableClock();
    rig = await startRig({ accounts: [stable, classic], clock });
    gateway = await startGatewayOnSockets(rig);
  });
  afterEach(async () => {
    await gateway.close();
    await rig.close();
  });

  const askHealth = () => gateway.send({ path: '/gateway/health', headers: { authorization: '' } });
  const named = { 'x-wechat-appid': stable.appId };
  const tick = () => rig.refreshEnvironment().invoke({});
  const status = async (headers = {}) => {
    const answer = await gateway.send({ path: '/gateway/status', headers });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    // The document's only field.
    return (answer.json() as { accounts: Record<string, unknown>[] }).accounts;
  };

  describe('/gateway/health', () => {
    it('answers 200 without a credential and tells nothing of any account', async () => {
      const answer = await askHealth();
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({ status: 'ok' });
    });

    it('answers 503 when the table refuses connections', async () => {
      await rig.dynamodb.close();
      const answer = await askHealth();
      expect(answer.status).toBe(503);
      expect(answer.json()).toEqual({ status: 'table-unreachable' });
    });

    it('keeps its answer for 10 s', async () => {
      await askHealth();
      await rig.dynamodb.close();
      await clock.advance(9_999);
      expect((await askHealth()).status).toBe(200);
      await clock.advance(1);
      expect((await askHealth()).status).toBe(503);
    });

    it('does not depend on any token or on WeChat', async () => {
      await rig.simulator.close();
      expect((await askHealth()).status).toBe(200);
    });
  });

  describe('/gateway/status', () => {
    it('shows accounts that have no token yet as due', async () => {
      const now = iso(clock.now());
      expect(await status()).toEqual(
        [stable, classic].map(({ appId }) => ({
          appId,
          disabled: false,
          tokenLifeSeconds: 0,
          fingerprint: null,
          mode: null,
          lastRefreshAt: null,
          lastFailure: null,
          nextDueAt: now,
          issuedByDay: {},
        })),
      );
    });

    it('shows life left, last refresh and next due time of both modes', async () => {
      const refreshedAt = clock.now();
      await tick();
      await clock.advance(10_500);
      const token = rig.simulator.account(stable.appId).currentToken('stable') ?? '';
      expect(await status()).toMatchObject([
        {
          appId: stable.appId,
          mode: 'stable',
          tokenLifeSeconds: 7_189,
          fingerprint: fingerprintOf(token),
          lastRefreshAt: iso(refreshedAt),
          lastFailure: null,
          nextDueAt: iso(refreshedAt + HOUR_MS),
          issuedByDay: { 20261120: 1 },
        },
        { appId: classic.appId, mode: 'classic', nextDueAt: iso(refreshedAt + HOUR_MS), lastFailure: null },
      ]);
    });

    it('shows a failure with its errcode, what to do about it, and the address that WeChat refused', async () => {
      rig.simulator.account(stable.appId).setAllowedIps(['192.0.2.1']);
      clock.autoAdvance = true;
      const failedAt = clock.now();
      await tick();
      const [account] = await status(named);
      expect(account).toMatchObject({
        tokenLifeSeconds: 0,
        lastFailure: {
          at: new Date(failedAt).toISOString(),
          resolved: false,
          class: 'rejected',
          cause: 'errcode',
          errcode: 40164,
          meaning: errcodeEntry(40164)?.meaning,
          advice: errcodeEntry(40164)?.advice,
          rid: expect.stringMatching(/^[0-9a-f-]+$/),
          egressAddress: '127.0.0.1',
        },
      });
    });

    it('shows a failure of our own with advice too', async () => {
      const SecretId = `${rig.secretPrefix}${stable.appId}`;
      await rig.secretsManager.send(new UpdateSecretCommand({ SecretId, SecretString: '{"oops":1}' }));
      clock.autoAdvance = true;
      await tick();
      const [account] = await status();
      expect(account).toMatchObject({
        lastFailure: { cause: 'app-secret-malformed', errcode: null, advice: expect.stringContaining('app secret') },
      });
    });

    it('keeps a failure as resolved once a refresh has followed it', async () => {
      const controls = rig.simulator.account(stable.appId);
      controls.freezeSecret();
      clock.autoAdvance = true;
      await tick();
      controls.unfreezeSecret();
      await clock.advance(10 * 60_000);
      await tick();
      const [account] = await status();
      expect(account).toMatchObject({ tokenLifeSeconds: 7_200, lastFailure: { errcode: 40243, resolved: true } });
    });

    it('shows a token that a probe saw refused as having no life left', async () => {
      await tick();
      const controls = rig.simulator.account(stable.appId);
      controls.killCurrentToken();
      controls.freezeSecret();
      clock.autoAdvance = true;
      await gateway.send({ path: '/cgi-bin/user/info', headers: named });
      const [account] = await status();
      expect(account).toMatchObject({ tokenLifeSeconds: 0, fingerprint: null, lastFailure: { errcode: 40243 } });
    });

    it('shows a caller its own accounts only, whatever header it sends, and those that were never added as unknown', async () => {
      const grants = [
        { appId: stable.appId, allow: [] },
        { appId: 'wxneveradded', allow: ['/*'] },
      ];
      const headers = { ...(await addCaller(rig, { grants })), 'x-wechat-appid': classic.appId };
      const accounts = await status(headers);
      expect(accounts.map(({ appId, known }) => [appId, known])).toEqual([
        [stable.appId, undefined],
        ['wxneveradded', false],
      ]);
    });

    it('wants a credential', async () => {
      const answer = await gateway.send({ path: '/gateway/status', headers: { authorization: '' } });
      expect(problemIn(answer)).toEqual([401, 'no-credential']);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    });
  });

  describe('/gateway/token', () => {
    it('gives the real token to a caller with the permission token:read', async () => {
      await tick();
      await clock.advance(1_500);
      const answer = await gateway.send({ path: '/gateway/token', headers: named });
      const token = rig.simulator.account(stable.appId).currentToken('stable') ?? '';
      expect(answer.status).toBe(200);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.json()).toEqual({
        access_token: token,
        expires_in: 7_198,
        appId: stable.appId,
        fingerprint: fingerprintOf(token),
      });
    });

    it('has a token issued when there is none', async () => {
      const answer = await gateway.send({ path: '/gateway/token', headers: named });
      expect(answer.json()).toMatchObject({
        access_token: rig.simulator.account(stable.appId).currentToken('stable'),
      });
      expect(rig.simulator.log.count('/cgi-bin/stable_token')).toBe(1);
    });

    it('is off for a caller that was granted every path and nothing more', async () => {
      await tick();
      const headers = await addCaller(rig, { grants: [{ appId: stable.appId, allow: ['/*', '/gateway/token'] }] });
      expect(problemIn(await gateway.send({ path: '/gateway/token', headers }))).toEqual([403, 'not-granted']);
    });

    it('is off for an account that the permission was not granted for', async () => {
      const grants = [
        { appId: stable.appId, allow: ['token:read'] },
        { appId: classic.appId, allow: ['/*'] },
      ];
      const headers = { ...(await addCaller(rig, { grants })), 'x-wechat-appid': classic.appId };
      expect(problemIn(await gateway.send({ path: '/gateway/token', headers }))).toEqual([403, 'not-granted']);
    });

    it('is logged with account, caller and key id', async () => {
      await tick();
      rig.lines.length = 0;
      await gateway.send({ path: '/gateway/token', headers: named });
      const calls = rig.lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ event }) => event === 'call');
      expect(calls).toMatchObject([
        {
          path: '/gateway/token',
          account: stable.appId,
          caller: rig.callerId,
          keyId: expect.stringContaining(rig.callerId),
        },
      ]);
    });

    it('refuses like a call does, in problem documents', async () => {
      expect(problemIn(await gateway.send({ path: '/gateway/token' }))).toEqual([400, 'account-not-named']);
      const unknown = { 'x-wechat-appid': 'wx0' };
      expect(problemIn(await gateway.send({ path: '/gateway/token', headers: unknown }))).toEqual([
        403,
        'unknown-account',
      ]);
      const madeUp = { authorization: 'Bearer wxg_no' };
      expect(problemIn(await gateway.send({ path: '/gateway/token', headers: madeUp }))).toEqual([
        401,
        'malformed-credential',
      ]);
    });
  });

  it('are found in any case and with trailing slashes, and none is ever sent to WeChat', async () => {
    expect((await gateway.send({ path: '/Gateway/Health/' })).status).toBe(200);
    for (const path of ['/gateway', '/gateway/', '/gateway/nothing', '/gateway/status/x', '/GATEWAY/Token/x']) {
      expect(problemIn(await gateway.send({ path }))).toEqual([404, 'unknown-endpoint']);
    }
    expect(rig.simulator.log.count()).toBe(0);
  });

  it.each(['/gateway/health', '/gateway/status', '/gateway/token'])('%s takes GET only', async (path) => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await gateway.send({ method, path, headers: named });
      expect(problemIn(answer)).toEqual([405, 'method-not-allowed']);
      expect(answer.headers.allow).toBe('GET');
    }
  });

  it('refuse a malformed path under /gateway/ in their own manner', async () => {
    expect(problemIn(await gateway.send({ path: '/gateway//status' }))).toEqual([400, 'double-slash']);
    expect(problemIn(await gateway.send({ path: '/gateway/../status' }))).toEqual([400, 'malformed-path']);
  });
});

import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { examineEvent } from '#shared/access-token/refresh-event.ts';
import type { AccountExamination, UpstreamExamination } from '#shared/diagnosis/examination.ts';
import { quotaDay } from '#shared/wechat/quota-day.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';

const APP_ID = 'wx1e5d3f8a2b4c6e70';
const SECRET = '51b2c3d4e5f60718293a4b5c6d7e8f95';
const STABLE_PATH = '/cgi-bin/stable_token';

describe('an examination by the function that refreshes', () => {
  let rig: Rig;
  afterEach(() => rig.close());

  async function start(mode: 'stable' | 'classic' = 'stable', settings: Partial<Parameters<typeof startRig>[0]> = {}) {
    rig = await startRig({ accounts: [{ appId: APP_ID, appSecret: SECRET, mode }], ...settings });
    const refresher = rig.refreshEnvironment();
    await refresher.invoke({});
    // The answers of one function have one type, which the rig does not know.
    const examine = async () => (await refresher.invoke(examineEvent(APP_ID))) as unknown as AccountExamination;
    const state = async () => {
      const read = await rig.tokens.read(APP_ID);
      if (read === undefined) throw new Error('the rig has added the account');
      return read;
    };
    return { refresher, examine, state, account: rig.simulator.account(APP_ID) };
  }

  it('finds all well, and changes nothing of how the account is refreshed but the count of issues', async () => {
    const { examine, state } = await start();
    const before = await state();
    expect(await examine()).toEqual({
      kind: 'examined',
      secret: { kind: 'accepted' },
      token: 'works',
      addressSeen: '127.0.0.1',
      callback: { kind: 'reachable' },
    });
    const today = quotaDay(Date.now());
    expect(await state()).toEqual({ ...before, issued: { [today]: (before.issued[today] ?? 0) + 1 } });
  });

  it('ends no classic token: it asks the stable endpoint', async () => {
    const { examine, state, account } = await start('classic');
    const token = account.currentToken('classic');
    expect(await examine()).toMatchObject({ secret: { kind: 'accepted' }, token: 'works' });
    expect(account.currentToken('classic')).toBe(token);
    expect((await state()).token?.value).toBe(token);
    expect(account.issued('classic')).toBe(1);
  });

  it('tells why WeChat refuses, with the address that it saw, and records neither failure nor cooldown', async () => {
    const { examine, state, account } = await start();
    const before = await state();
    account.setAllowedIps(['203.0.113.9']);
    expect(await examine()).toMatchObject({
      secret: { kind: 'failed', failure: { class: 'rejected', errcode: 40164, egressAddress: '127.0.0.1' } },
      token: 'unclear',
      addressSeen: '127.0.0.1',
      callback: { kind: 'unknown' },
    });
    const { failure, cooldownEnd, version } = await state();
    expect({ failure, cooldownEnd, version }).toEqual({ failure: undefined, cooldownEnd: 0, version: before.version });
  });

  it('tries the app secret that is stored now, whatever the function remembers', async () => {
    const { examine, account } = await start();
    const replaced = '71b2c3d4e5f60718293a4b5c6d7e8f97';
    account.setSecret(replaced);
    expect(await examine()).toMatchObject({ secret: { kind: 'failed', failure: { errcode: 40125 } } });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const secretsManager = new SecretsManagerClient({
      region: 'us-east-1',
      credentials,
      endpoint: rig.secrets.endpoint,
    });
    const SecretString = JSON.stringify({ appSecret: replaced });
    await secretsManager.send(new PutSecretValueCommand({ SecretId: `${rig.secretPrefix}${APP_ID}`, SecretString }));
    expect(await examine()).toMatchObject({ secret: { kind: 'accepted' } });
  });

  it('finds a dead token, and leaves it to those who replace it', async () => {
    const { examine, state, account } = await start();
    account.killCurrentToken();
    expect(await examine()).toMatchObject({ token: 'refused', secret: { kind: 'accepted' } });
    expect(await examine()).toMatchObject({ token: 'refused' });
    expect((await state()).refusedAt).toBeUndefined();
  });

  it('sends nothing when the issues of the day are used up, those kept for operators included', async () => {
    const { examine, state } = await start('stable', {
      accounts: [{ appId: APP_ID, appSecret: SECRET, testAccount: true }],
    });
    const used = (await state()).issued[quotaDay(Date.now())] ?? 0;
    for (let issue = used; issue < 150; issue += 1) await examine();
    const sent = rig.simulator.log.count(STABLE_PATH);
    expect(await examine()).toMatchObject({ secret: { kind: 'not-allowed', cause: 'issues-used-up' }, token: 'works' });
    expect(rig.simulator.log.count(STABLE_PATH)).toBe(sent);
  });

  it('waits while somebody refreshes the account, and then says so', async () => {
    const clock = createMovableClock();
    const { examine, state } = await start('stable', { clock });
    const { version } = await state();
    const asked = { appId: APP_ID, holder: 'another', reason: { kind: 'operator' }, version } as const;
    const lease = { ...asked, count: undefined, ignoreCooldown: true };
    const takeLease = (leaseId: string) => rig.tokens.acquire({ ...lease, leaseId, now: clock.now() });
    await takeLease('one');
    clock.autoAdvance = true;
    // Once the lease has lapsed the examination takes it.
    expect(await examine()).toMatchObject({ secret: { kind: 'accepted' } });
    expect((await state()).lease).toBeUndefined();
  });

  it('looks at no account that is disabled or that nobody added', async () => {
    const { refresher } = await start();
    const before = rig.simulator.log.count();
    expect(await refresher.invoke(examineEvent('wx0000000000000000'))).toEqual({ kind: 'unknown-account' });
    expect(rig.simulator.log.count()).toBe(before);
  });

  it('looks at each host without credentials: time of name, connection and answer, the clocks, or what fails', async () => {
    const { refresher } = await start('stable', {
      origins: (simulator) => [simulator, 'http://127.0.0.1:1', 'https://no-such-host.invalid'],
    });
    const tokens = rig.simulator.log.count(STABLE_PATH);
    const examination = (await refresher.invoke(examineEvent(undefined))) as unknown as UpstreamExamination;
    expect(examination.hosts).toEqual([
      {
        origin: rig.simulator.origin,
        kind: 'answered',
        nameMs: expect.any(Number),
        connectMs: expect.any(Number),
        answerMs: expect.any(Number),
        status: 200,
        clockAheadMs: expect.any(Number),
      },
      { origin: 'http://127.0.0.1:1', kind: 'failed', failure: 'connect', nameMs: expect.any(Number) },
      { origin: 'https://no-such-host.invalid', kind: 'failed', failure: 'dns' },
    ]);
    expect(rig.simulator.log.count(STABLE_PATH)).toBe(tokens);
  });
});

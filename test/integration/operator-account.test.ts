import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperatedGateway, startOperatedGateway } from './operator-cli.ts';

const KNOWN = { appId: 'wxaaaaaaaaaaaaaaaa', appSecret: 'a1b2c3d4e5f60718293a4b5c6d7e8f90' };
/** WeChat knows it, the gateway does not yet. */
const NEW = { appId: 'wxbbbbbbbbbbbbbbbb', appSecret: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' };
const WRONG_SECRET = 'ffffffffffffffffffffffffffffffff';

describe('operator account', () => {
  let gateway: OperatedGateway;
  beforeAll(async () => {
    gateway = await startOperatedGateway({ accounts: [KNOWN, NEW] });
    gateway.rig.canary.mark('app secret', WRONG_SECRET);
    // The rig adds what its simulator knows.
    await gateway.json(['account', 'remove', NEW.appId, '--yes']);
  });
  afterAll(() => gateway.close());

  it('lists accounts, for people and for programs', async () => {
    const { exitCode, stdout } = await gateway.run(['account', 'list']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(KNOWN.appId);
    expect(stdout).not.toContain(NEW.appId);
    expect(await gateway.json(['account', 'list'])).toEqual({
      accounts: [
        {
          appId: KNOWN.appId,
          displayName: KNOWN.appId,
          mode: 'stable',
          testAccount: false,
          addedAt: expect.any(String),
          disabled: false,
        },
      ],
    });
  });

  it('add restores a secret that is pending deletion, says so, and changes nothing when repeated', async () => {
    const add = ['account', 'add', NEW.appId, '--name', '商店', '--test-account'];
    const entered = { appId: NEW.appId, displayName: '商店', mode: 'stable', testAccount: true };
    expect(await gateway.json(add)).toEqual({ ...entered, added: true, appSecret: 'restored' });
    expect(await gateway.json(add)).toEqual({ ...entered, added: false, appSecret: 'present' });
    const other = await gateway.run(['account', 'add', NEW.appId, '--name', 'Another']);
    expect(other).toMatchObject({ exitCode: 1, stdout: '' });
    expect(other.stderr).toContain('there already, as "商店" (stable, test account)');
  });

  it('set-secret takes the secret from stdin, and WeChat accepts it', async () => {
    const { exitCode, stdout } = await gateway.run(['account', 'set-secret', KNOWN.appId], {
      stdin: `${KNOWN.appSecret}\n`,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^WeChat accepts the app secret\.\nWeChat issued a token for wxa+: fingerprint [0-9a-f]{16}/,
    );
  });

  it('set-secret says what is wrong when WeChat does not accept it, even in a pause, and the right one ends that', async () => {
    const set = ['account', 'set-secret', KNOWN.appId];
    for (let tries = 0; tries < 2; tries += 1) {
      const wrong = await gateway.run(['--json', ...set], { stdin: WRONG_SECRET });
      expect(wrong.exitCode).toBe(1);
      expect(wrong.json()).toMatchObject({
        stored: true,
        verified: false,
        refresh: { outcome: 'failed', failure: { errcode: 40125, advice: expect.stringContaining('app secret') } },
      });
    }
    expect((await gateway.rig.tokens.read(KNOWN.appId))?.cooldownEnd).toBeGreaterThan(Date.now());
    expect(await gateway.json(set, { stdin: KNOWN.appSecret })).toMatchObject({ stored: true, verified: true });
    expect((await gateway.rig.tokens.read(KNOWN.appId))?.cooldownEnd).toBe(0);
  });

  it('set-secret names the address to enter when it is not on the IP allow-list', async () => {
    gateway.rig.simulator.account(KNOWN.appId).setAllowedIps(['192.0.2.1']);
    const { exitCode, stdout } = await gateway.run(['account', 'set-secret', KNOWN.appId], { stdin: KNOWN.appSecret });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/errcode 40164.*address 127\.0\.0\.1/);
    gateway.rig.simulator.account(KNOWN.appId).setAllowedIps(undefined);
  });

  it('set-secret --no-verify asks WeChat nothing', async () => {
    const before = gateway.rig.simulator.log.entries.length;
    const set = ['account', 'set-secret', NEW.appId, '--no-verify'];
    expect(await gateway.json(set, { stdin: NEW.appSecret })).toEqual({
      appId: NEW.appId,
      stored: true,
      verified: null,
    });
    expect(gateway.rig.simulator.log.entries.length).toBe(before);
  });

  it.each([
    ['nothing', '', 'No app secret was given'],
    ['an inner space', `${WRONG_SECRET} ${WRONG_SECRET}`, 'odd character'],
    ['too much', WRONG_SECRET.repeat(5), 'too long'],
  ])('set-secret refuses %s and stores nothing', async (_what, stdin, said) => {
    const before = await gateway.json(['account', 'show', KNOWN.appId]);
    const { exitCode, stdout, stderr } = await gateway.run(['account', 'set-secret', KNOWN.appId], { stdin });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(said);
    expect((await gateway.json(['account', 'show', KNOWN.appId]))['appSecret']).toEqual(before['appSecret']);
  });

  it('shows an account in full, its secret only by when it was changed', async () => {
    expect(await gateway.json(['account', 'show', KNOWN.appId])).toMatchObject({
      appId: KNOWN.appId,
      disabled: false,
      appSecret: { state: 'present', changedAt: expect.any(String) },
      token: { fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/), tokenLifeSeconds: expect.any(Number) },
    });
    const { stdout } = await gateway.run(['account', 'show', KNOWN.appId]);
    expect(stdout).toMatch(/^app ID +wxa+\nname/);
  });

  it('disable keeps an account from being due and from being refreshed; enable ends that', async () => {
    const { tokens } = gateway.rig;
    const inAnHour = Date.now() + 8 * 3_600_000;
    const due = async () => (await tokens.due(inAnHour)).map(({ appId }) => appId);
    expect(await gateway.json(['account', 'disable', KNOWN.appId])).toEqual({ appId: KNOWN.appId, disabled: true });
    expect(await due()).not.toContain(KNOWN.appId);
    expect((await tokens.read(KNOWN.appId))?.disabled).toBe(true);
    const refused = await gateway.run(['refresh', KNOWN.appId]);
    expect(refused).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('disabled') });
    expect((await gateway.run(['status'])).stdout).toMatch(/wxa+ .*disabled/);
    expect(await gateway.json(['account', 'enable', KNOWN.appId])).toEqual({ appId: KNOWN.appId, disabled: false });
    expect(await due()).toContain(KNOWN.appId);
    expect((await gateway.run(['refresh', KNOWN.appId])).exitCode).toBe(0);
  });

  it('remove needs a confirmation and, without a terminal, says how to give it', async () => {
    const { exitCode, stdout, stderr } = await gateway.run(['account', 'remove', NEW.appId], { stdin: 'yes\n' });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('add --yes');
    expect(await gateway.rig.accounts.get(NEW.appId)).toBeDefined();
  });

  it('remove takes items and grants away, and leaves the secret for 30 days', async () => {
    await gateway.rig.callers.put({
      ...(await theCaller(gateway)),
      grants: [KNOWN, NEW].map(({ appId }) => ({ appId, allow: ['/*'] })),
    });
    expect(await gateway.json(['account', 'remove', NEW.appId, '--yes'])).toEqual({
      appId: NEW.appId,
      removed: true,
      appSecretGoneAt: expect.any(String),
      callers: [gateway.rig.callerId],
    });
    expect(await gateway.rig.accounts.get(NEW.appId)).toBeUndefined();
    expect(await gateway.rig.tokens.read(NEW.appId)).toBeUndefined();
    expect((await theCaller(gateway)).grants).toEqual([{ appId: KNOWN.appId, allow: ['/*'] }]);
    const again = await gateway.run(['account', 'remove', NEW.appId, '--yes']);
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no account') });
  });
});

async function theCaller({ rig }: OperatedGateway) {
  const caller = await rig.callers.get(rig.callerId);
  if (caller === undefined) throw new Error('the rig has a caller');
  return caller;
}

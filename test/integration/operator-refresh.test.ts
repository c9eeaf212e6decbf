import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperatedGateway, startOperatedGateway } from './operator-cli.ts';

const STABLE = { appId: 'wxdddddddddddddddd', appSecret: 'd1b2c3d4e5f60718293a4b5c6d7e8f9d' };
const CLASSIC = {
  appId: 'wxeeeeeeeeeeeeeeee',
  appSecret: 'e1b2c3d4e5f60718293a4b5c6d7e8f9e',
  mode: 'classic',
} as const;

describe('operator refresh and status', () => {
  let gateway: OperatedGateway;
  beforeAll(async () => {
    gateway = await startOperatedGateway({ accounts: [STABLE, CLASSIC] });
  });
  afterAll(() => gateway.close());

  it('refresh has a token issued, and shows its fingerprint only', async () => {
    const { appId } = STABLE;
    expect(await gateway.json(['refresh', appId])).toEqual({
      appId,
      outcome: 'committed',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      expiresAt: expect.any(String),
      forced: false,
    });
    expect((await gateway.run(['refresh', appId])).stdout).toMatch(/^WeChat issued a token for wxd+: fingerprint/);
    expect(gateway.rig.simulator.account(appId).issued('forced')).toBe(0);
  });

  it.concurrent.each([STABLE, CLASSIC])(
    'refresh --leaked makes the tokens from before die, in two counted issues: %o',
    async ({ appId }) => {
      const account = gateway.rig.simulator.account(appId);
      const mode = appId === STABLE.appId ? 'stable' : 'classic';
      await gateway.run(['refresh', appId]);
      const leaked = account.currentToken(mode) ?? '';
      const unconfirmed = await gateway.run(['refresh', appId, '--leaked']);
      expect(unconfirmed).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('add --yes') });
      expect(account.accepts(leaked)).toBe(true);

      const { exitCode, stdout, stderr } = await gateway.run(['--json', 'refresh', appId, '--leaked', '--yes']);
      expect(exitCode).toBe(0);
      const committed = { appId, outcome: 'committed', forced: mode === 'stable' };
      expect(JSON.parse(stdout)).toMatchObject({ appId, leakedTokenReplaced: true, issues: [committed, committed] });
      expect(stderr).toMatch(/Issue 1 of 2[^]*31 s left[^]*Issue 2 of 2/);
      expect(account.accepts(leaked)).toBe(false);
      expect(account.issued('forced')).toBe(mode === 'stable' ? 2 : 0);
      const stored = await gateway.rig.tokens.read(appId);
      expect(account.currentToken(mode)).toBe(stored?.token?.value);
    },
  );

  it('status shows every account, and what to do about the last failure', async () => {
    gateway.rig.simulator.account(STABLE.appId).freezeSecret();
    expect((await gateway.run(['refresh', STABLE.appId])).exitCode).toBe(1);
    const { exitCode, stdout } = await gateway.run(['status']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^APP ID +NAME +TOKEN/);
    expect(stdout).toMatch(/wxd+ .*errcode 40243/);
    expect(stdout).toContain('Unfreeze it in the console');
    const { accounts } = (await gateway.json(['status', STABLE.appId])) as { accounts: object[] };
    expect(accounts).toEqual([
      {
        appId: STABLE.appId,
        displayName: STABLE.appId,
        mode: 'stable',
        testAccount: false,
        addedAt: expect.any(String),
        disabled: false,
        token: expect.objectContaining({ lastFailure: expect.objectContaining({ errcode: 40243, resolved: false }) }),
      },
    ]);
    expect((await gateway.run(['status', 'wx0000000000000000'])).exitCode).toBe(1);
  });
});

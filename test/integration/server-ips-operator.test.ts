import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';
import { type OperatedGateway, startOperatedGateway } from './operator-cli.ts';

const account = simulatedAccount();
const AT_START = ['101.226.103.0/25', '106.55.206.146/32', '106.55.206.211/32'];

describe('operator ips', () => {
  let gateway: OperatedGateway;
  let clock: MovableClock;
  beforeAll(async () => {
    clock = createMovableClock();
    gateway = await startOperatedGateway({ accounts: [account], clock });
    await gateway.rig.refreshEnvironment().invoke({});
  });
  afterAll(() => gateway.close());

  const callbackIs = (callback: string[]) => gateway.rig.simulator.setServerIps({ callback });

  it('says what to do while there is no list', async () => {
    expect((await gateway.run(['ips', 'list'])).stdout).toMatch(/callback +- +0 +never +never/);
    const { exitCode, stderr } = await gateway.run(['ips', 'diff', 'callback']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"ips sync" fetches it');
    expect((await gateway.run(['ips', 'history', 'callback'])).stdout).toContain('There is no version yet');
  });

  it('sync fetches both lists, and list shows them', async () => {
    const { exitCode, stdout } = await gateway.run(['ips', 'sync']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^callback: a new version, version 1; \+3 -0 ranges; fetched with wx\w+\napi-domain: a new/);
    expect((await gateway.run(['ips', 'sync'])).stdout).toMatch(/^callback: unchanged, version 1;/);
    expect((await gateway.run(['ips', 'list'])).stdout).toMatch(/callback +1 +3 /);
    expect((await gateway.run(['ips', 'list', 'callback'])).stdout.split('\n').slice(2, 5)).toEqual(AT_START);
  });

  it('history and diff show what a version has changed', async () => {
    callbackIs(['101.226.103.0/25', '106.55.206.146', '106.55.206.212']);
    await gateway.run(['ips', 'sync']);
    const { versions } = await gateway.json(['ips', 'history', 'callback']);
    const change = { added: { v4: ['106.55.206.212/32'], v6: [] }, removed: { v4: ['106.55.206.211/32'], v6: [] } };
    expect(versions).toMatchObject([
      { version: 2, reason: 'observed', account: account.appId, ranges: 3, ...change },
      { version: 1, reason: 'first' },
    ]);
    expect((await gateway.run(['ips', 'history', 'callback'])).stdout).toMatch(/\n2 +.* UTC +3 +\+1 -1 +wx/);
    expect(await gateway.json(['ips', 'diff', 'callback'])).toEqual({ list: 'callback', from: 1, to: 2, ...change });
    expect((await gateway.run(['ips', 'diff', 'callback', '1', '2'])).stdout).toBe(
      'From version 1 to version 2:\n+ 106.55.206.212/32\n- 106.55.206.211/32\n',
    );
    expect((await gateway.run(['ips', 'diff', 'callback', '2', '2'])).stdout).toContain('no difference');
    expect((await gateway.run(['ips', 'diff', 'callback', '7'])).stderr).toContain('There is no version 7');
  });

  it('approve shows what a pending list would change, wants a yes, and applies it once', async () => {
    expect((await gateway.run(['ips', 'approve', 'callback', '--yes'])).stderr).toContain('Nothing is pending');
    callbackIs(['106.55.206.146']);
    expect((await gateway.run(['ips', 'sync'])).stdout).toMatch(/^callback: pending: more than half/);
    expect((await gateway.run(['ips', 'list'])).stdout).toMatch(/pending since .* UTC, seen on 1 of 3 days/);
    expect((await gateway.run(['ips', 'diff', 'callback'])).stdout).toBe(
      'From version 2 to the pending list:\n- 101.226.103.0/25\n- 106.55.206.212/32\n',
    );
    const unconfirmed = await gateway.run(['ips', 'approve', 'callback']);
    expect(unconfirmed).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('add --yes') });
    const approved = await gateway.run(['ips', 'approve', 'callback', '--yes']);
    expect(approved.exitCode).toBe(0);
    expect(approved.stdout).toMatch(/^callback: a new version, version 3; \+0 -2 ranges/);
    expect((await gateway.run(['ips', 'approve', 'callback', '--yes'])).exitCode).toBe(1);
  });

  it('sync fails when a list is refused, and says why', async () => {
    callbackIs(['106.55.206.146', '10.0.0.1']);
    const { exitCode, stdout } = await gateway.run(['ips', 'sync']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^callback: refused, the list before stays, version 3; .*forbidden: 10\.0\.0\.1/);
    expect((await gateway.run(['ips', 'list'])).stdout).toContain('last one refused, forbidden: 10.0.0.1');
  });

  it.each([
    ['ips', 'list', 'all'],
    ['ips', 'diff', 'callback', 'x'],
    ['ips', 'approve'],
  ])('%s %s refuses %s', async (...args: string[]) => {
    expect((await gateway.run(args)).exitCode).toBe(2);
  });
});

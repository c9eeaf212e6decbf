import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperatedGateway, startOperatedGateway } from './operator-cli.ts';

const ACCOUNT = { appId: 'wxcccccccccccccccc', appSecret: 'c1b2c3d4e5f60718293a4b5c6d7e8f9c' };
const { appId } = ACCOUNT;

describe('operator caller', () => {
  let gateway: OperatedGateway;
  beforeAll(async () => {
    gateway = await startOperatedGateway({ accounts: [ACCOUNT] });
  });
  afterAll(() => gateway.close());

  const addCaller = async (...options: string[]) => {
    // The shape that a test of its own holds.
    const added = await gateway.json(['caller', 'add', 'Shop', ...options]);
    return added as { callerId: string; callerKey: string; curl: string; keys: { keyId: string }[] };
  };
  /** In a cold environment, which has heard of no key before. */
  const callWith = async (callerKey: string) => {
    const authorization = `Bearer ${callerKey}`;
    const call = { path: '/cgi-bin/get_api_domain_ip', headers: { authorization } };
    return (await gateway.rig.callEnvironment().call(call)).json();
  };
  const shown = (callerId: string) => gateway.json(['caller', 'show', callerId]);

  it('add shows the key once, the two lines to change for an SDK and a curl that works', async () => {
    const add = ['caller', 'add', 'Shop 商店', '--account', appId, '--allow', '/cgi-bin/*'];
    const { exitCode, stdout } = await gateway.run(add);
    expect(exitCode).toBe(0);
    const [callerKey = ''] = /wxg_\w{63}/.exec(stdout) ?? [];
    expect(stdout).toContain(`\n  base URL  ${gateway.door.endpoint}\n  secret    ${callerKey}\n`);
    const curl = stdout.split('\n').find((line) => line.trim().startsWith('curl ')) ?? '';
    const answer = await promisify(execFile)('sh', ['-c', `${curl} -sS`]);
    expect(JSON.parse(answer.stdout)).toMatchObject({ ip_list: expect.any(Array) });
  });

  it('add gives a curl that works for whatever was granted, or says what is missing', async () => {
    const { curl } = await addCaller('--account', appId, '--allow', 'category:menus', 'rid:read');
    const answer = await promisify(execFile)('sh', ['-c', `${curl} -sS`]);
    expect(JSON.parse(answer.stdout)).toMatchObject({ access_token: expect.any(String), expires_in: 7200 });
    const { stdout } = await gateway.run(['caller', 'add', 'Nobody']);
    expect(stdout).toContain(`It may use no account yet: "caller grant`);
  });

  it('add has this shape for programs', async () => {
    expect(await addCaller('--account', appId, '--allow', '/cgi-bin/*')).toEqual({
      callerId: expect.stringMatching(/^\w{8}$/),
      name: 'Shop',
      disabled: false,
      limits: {},
      keys: [{ keyId: expect.stringMatching(/^\w{12}$/), createdAt: expect.any(String), retiredAt: null }],
      grants: [{ appId, allow: ['/cgi-bin/*'] }],
      roles: [],
      shares: [],
      callerKey: expect.stringMatching(/^wxg_/),
      baseUrl: gateway.door.endpoint,
      curl: expect.stringMatching(/^curl /),
      signedOnly: false,
    });
  });

  it.each([
    ['a grant without its account', ['--allow', '/*'], 'go together'],
    ['an account without a grant', ['--account', appId], 'go together'],
    ['what is nothing to grant', ['--account', appId, '--allow', '/ok', 'nonsense'], 'Entry 2 is nothing to grant'],
  ])('add refuses %s as wrong usage', async (_what, options, said) => {
    const { exitCode, stdout, stderr } = await gateway.run(['caller', 'add', 'Shop', ...options]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(said);
  });

  it('grant adds and ungrant takes back, and a typing error is not taken for done', async () => {
    const { callerId } = await addCaller();
    const allowed = async () => (await shown(callerId))['grants'];
    await gateway.run(['caller', 'grant', callerId, appId, '/cgi-bin/menu/*', 'rid:read']);
    await gateway.run(['caller', 'grant', callerId, appId, 'rid:read', 'category:users']);
    expect(await allowed()).toEqual([{ appId, allow: ['/cgi-bin/menu/*', 'rid:read', 'category:users'] }]);
    const mistyped = await gateway.run(['caller', 'ungrant', callerId, appId, 'rid:reed']);
    expect(mistyped).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('rid:read') });
    await gateway.run(['caller', 'ungrant', callerId, appId, 'rid:read']);
    expect(await allowed()).toEqual([{ appId, allow: ['/cgi-bin/menu/*', 'category:users'] }]);
    await gateway.run(['caller', 'ungrant', callerId, appId]);
    expect(await allowed()).toEqual([]);
    const unknown = await gateway.run(['caller', 'grant', callerId, 'wx0000000000000000', '/*']);
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no account') });
  });

  it('limit sets one limit and keeps the other, and --none takes both away', async () => {
    const { callerId } = await addCaller();
    const limits = async (...options: string[]) =>
      (await gateway.json(['caller', 'limit', callerId, ...options]))['limits'];
    expect(await limits('--per-minute', '600')).toEqual({ perMinute: 600 });
    expect(await limits('--per-day', '100000')).toEqual({ perMinute: 600, perDay: 100_000 });
    expect(await limits('--none')).toEqual({});
    for (const options of [[], ['--per-day', '0'], ['--per-day', '1.5'], ['--none', '--per-day', '1']]) {
      expect((await gateway.run(['caller', 'limit', callerId, ...options])).exitCode).toBe(2);
    }
  });

  it('disable refuses the caller, enable lets it in, and remove needs a confirmation', async () => {
    const { callerId, callerKey } = await addCaller('--account', appId, '--allow', '/*');
    expect(await callWith(callerKey)).toHaveProperty('ip_list');
    expect((await gateway.json(['caller', 'disable', callerId]))['disabled']).toBe(true);
    expect(await callWith(callerKey)).toMatchObject({ errcode: 40001 });
    expect((await gateway.json(['caller', 'enable', callerId]))['disabled']).toBe(false);
    expect(await callWith(callerKey)).toHaveProperty('ip_list');
    expect(await gateway.run(['caller', 'remove', callerId])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await gateway.json(['caller', 'remove', callerId, '--yes'])).toEqual({ callerId, removed: true });
    expect(await callWith(callerKey)).toMatchObject({ errcode: 40001 });
    expect((await gateway.run(['caller', 'show', callerId])).exitCode).toBe(1);
  });

  it('lets two keys be active, and retire and revoke end them with a confirmation', async () => {
    const { callerId, callerKey, keys } = await addCaller('--account', appId, '--allow', '/*');
    const first = keys[0]?.keyId ?? '';
    const second = await gateway.json(['caller', 'key', 'add', callerId]);
    expect(second).toMatchObject({ callerId, callerKey: expect.stringMatching(/^wxg_/), curl: expect.any(String) });
    const third = await gateway.run(['caller', 'key', 'add', callerId]);
    expect(third).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(first) });

    expect(await gateway.run(['caller', 'key', 'retire', first])).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await gateway.run(['caller', 'key', 'retire', first, '--yes'])).exitCode).toBe(0);
    expect(await callWith(callerKey)).toMatchObject({ errcode: 40001 });
    expect(await callWith(String(second['callerKey']))).toHaveProperty('ip_list');
    const listed = await gateway.json(['caller', 'key', 'list', callerId]);
    expect(listed).toEqual({
      callerId,
      keys: [
        { keyId: first, createdAt: expect.any(String), retiredAt: expect.any(String), lastUsedHour: null },
        {
          keyId: second['keyId'],
          createdAt: expect.any(String),
          retiredAt: null,
          lastUsedHour: expect.toBeOneOf([null, expect.any(String)]),
        },
      ],
    });

    expect((await gateway.run(['caller', 'key', 'revoke', first, '--yes'])).exitCode).toBe(0);
    const again = await gateway.run(['caller', 'key', 'revoke', first, '--yes']);
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has no key') });
    const last = await gateway.run(['caller', 'key', 'revoke', String(second['keyId'])]);
    expect(last.stderr).toContain('The caller has no other active key.');
  });

  it('lists callers without verifier or sealing key', async () => {
    const caller = await gateway.rig.callers.get(gateway.rig.callerId);
    const { stdout } = await gateway.run(['--json', 'caller', 'list']);
    expect(stdout).toContain(gateway.rig.callerId);
    expect(stdout).not.toContain(caller?.sealingKey);
    expect(stdout).not.toContain(caller?.keys[0]?.verifier);
    expect((await gateway.run(['caller', 'list'])).stdout).toMatch(/^CALLER +NAME +STATE/);
  });

  it('never undoes what another operator changes at the same moment', async () => {
    const { callerId } = await addCaller();
    const paths = Array.from({ length: 4 }, (_, index) => `/cgi-bin/path${index}`);
    const runs = await Promise.all(paths.map((path) => gateway.run(['caller', 'grant', callerId, appId, path])));
    const done = paths.filter((_, index) => runs[index]?.exitCode === 0);
    const [grant] = (await shown(callerId))['grants'] as { allow: string[] }[];
    expect(grant?.allow.toSorted()).toEqual(done);
    expect(done.length).toBeGreaterThan(0);
  });
});

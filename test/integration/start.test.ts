import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startRun } from './start-run.ts';
import { callGateway, freshDirectory } from './start-scene.ts';

const linesOf = (text: string): readonly Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

it('says on its first line of stdout where it runs, then passes the functions’ log and metric lines on', async () => {
  const run = startRun(['--json', '--port', '0']);
  const ready = await run.ready();
  expect(Object.keys(ready)).toEqual(['url', 'appId', 'callerKey', 'upstream']);
  expect(ready).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    appId: expect.stringMatching(/^wx[0-9a-f]{16}$/),
    callerKey: expect.stringMatching(/^wxg_\w{12}_\w{43}_\w{6}$/),
    upstream: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  });
  expect(await callGateway(ready, '/cgi-bin/getcallbackip')).toHaveProperty('ip_list');
  run.signal('SIGTERM');
  expect(await run.exited).toBe(0);
  const lines = linesOf(run.output.stdout);
  expect(lines.filter(({ event }) => event === 'refresh')).toMatchObject([{ outcome: 'committed' }]);
  expect(lines.filter(({ event }) => event === 'call').map(({ path }) => path)).toEqual([
    '/cgi-bin/get_api_domain_ip',
    '/cgi-bin/getcallbackip',
  ]);
  expect(lines.filter(({ _aws }) => _aws !== undefined).length).toBeGreaterThan(2);
});

it('shows people the first call, commands to try, and one line per later call', async () => {
  const run = startRun(['--port', '0', '--app-id', 'wx-of-my-own']);
  await run.until(({ stdout }) => stdout.includes('Calls and refreshes'));
  const { stdout } = run.output;
  expect(stdout).toMatch(/account {2}wx-of-my-own\n {2}token {4}fingerprint [0-9a-f]{16}, \d+ minutes left\n/);
  expect(stdout).toMatch(/call {5}GET \/cgi-bin\/get_api_domain_ip\n {2}answer {3}HTTP 200 \{"ip_list":\[/);
  for (const endpoint of ['health', 'status', 'token'])
    expect(stdout).toMatch(new RegExp(`curl .*/gateway/${endpoint}\n`));
  for (const endpoint of ['js-signature', 'server-ips'])
    expect(stdout).toMatch(new RegExp(`curl .*/gateway/${endpoint}`));
  const [url = ''] = /http:\S+/.exec(stdout) ?? [];
  await fetch(`${url}/gateway/health`);
  await run.until((output) => output.stdout.includes('GET /gateway/health 200'));
  expect(run.output.stdout).not.toContain('_aws');
  expect(run.output.stderr).toBe('');
});

it('walks through the main job and exits 0, every step good', async () => {
  const run = startRun(['--check']);
  expect(await run.exited).toBe(0);
  const steps = run.output.stdout.split('\n').filter((line) => /^(ok|failed) /.test(line));
  expect(steps.length).toBe(9);
  expect(steps.filter((line) => !line.startsWith('ok'))).toEqual([]);
});

it('prints the checks as JSON lines after the first line', async () => {
  const run = startRun(['--check', '--json']);
  expect(await run.exited).toBe(0);
  const [first, ...others] = linesOf(run.output.stdout);
  expect(Object.keys(first ?? {})).toEqual(['url', 'appId', 'callerKey', 'upstream']);
  const checks = others.filter(({ check }) => check !== undefined);
  expect(checks.map(({ ok }) => ok)).toEqual(Array.from({ length: 9 }, () => true));
});

it('never looks at AWS credentials, profiles and endpoints of the user', async () => {
  const run = startRun(['--check'], {
    HOME: '/nonexistent',
    AWS_PROFILE: 'production',
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SESSION_TOKEN: 'real',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/nonexistent',
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/real',
  });
  expect(await run.exited).toBe(0);
});

it('goes on with account, token and caller keys when it is run again on the same directory', async () => {
  const data = freshDirectory();
  const first = startRun(['--json', '--port', '0', '--data', data]);
  const before = await first.ready();
  first.signal('SIGINT');
  expect(await first.exited).toBe(0);
  expect(statSync(data).mode & 0o777).toBe(0o700);
  expect(statSync(join(data, 'secrets', 'secrets.json')).mode & 0o777).toBe(0o600);
  const second = startRun(['--json', '--port', '0', '--data', data]);
  const after = await second.ready();
  expect(after.appId).toBe(before.appId);
  expect(after.callerKey).not.toBe(before.callerKey);
  const withOldKey = { ...after, callerKey: before.callerKey };
  expect(await callGateway(withOldKey, '/cgi-bin/getcallbackip')).toHaveProperty('ip_list');
});

it('uses the caller key it is given, run after run', async () => {
  const data = freshDirectory();
  const first = startRun(['--json', '--port', '0', '--data', data]);
  const { callerKey } = await first.ready();
  first.signal('SIGTERM');
  await first.exited;
  const flags = ['--json', '--port', '0', '--data', data, '--caller-key-env', 'KEY_OF_TEST'];
  const second = startRun(flags, { KEY_OF_TEST: callerKey });
  const after = await second.ready();
  expect(after.callerKey).toBe(callerKey);
  expect(await callGateway(after, '/cgi-bin/getcallbackip')).toHaveProperty('ip_list');
});

it('passes its check on a directory that an earlier run has left', async () => {
  const data = freshDirectory();
  for (const attempt of ['first', 'second', 'third']) {
    const run = startRun(['--check', '--data', data]);
    expect({ attempt, code: await run.exited }).toEqual({ attempt, code: 0 });
  }
});

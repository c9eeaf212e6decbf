import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSocketServer } from '../contract/socket-server.ts';
import type { Simulator } from '../wechat-simulator/simulator.ts';
import { startRun } from './start-run.ts';
import { APP_ID, APP_SECRET, freshDirectory, startWechat } from './start-scene.ts';

const NOTHING_THERE = 'http://127.0.0.1:9';

async function failureOf(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | string; readonly stdout: string; readonly line: string }> {
  const run = startRun(args, environment);
  const code = await run.exited;
  const { stdout, stderr } = run.output;
  expect(stderr.endsWith('\n')).toBe(true);
  return { code, stdout, line: stderr.slice(0, -1) };
}

it.each([
  ['an unknown flag', ['--prot', '1'], /^There is no flag --prot; flags: --port, --upstream, .*--help\.$/],
  ['an argument without a flag', ['canary'], /^There is an argument without a flag; flags: /],
  ['an unknown flag with a value', ['--app-secret=canary'], /^There is no flag --app-secret; flags: /],
  ['a port that is none', ['--port', '65536'], /^--port 65536 is no port: /],
  ['a flag without its value', ['--port', '--json'], /^The flag --port needs a value/],
  ['a switch with a value', ['--json=no'], /^The flag --json takes no value\.$/],
  ['an upstream alone', ['--upstream', 'https://api.weixin.qq.com'], /^--upstream needs --app-id and --app-secret-env/],
  [
    'a plain upstream on a network',
    ['--upstream', 'http://192.0.2.1', '--app-id', 'wx1', '--app-secret-env', 'GOOD'],
    /^--upstream: "http:\/\/192\.0\.2\.1" must be https/,
  ],
  ['an app ID that is none', ['--app-id', 'wx/1'], /^--app-id must be an app ID/],
  [
    'a secret in place of its variable',
    ['--app-secret-env', 'canary'],
    /^--app-secret-env names no variable that is set/,
  ],
  [
    'a caller key that is none',
    ['--caller-key-env', 'GOOD'],
    /^--caller-key-env names a variable that holds no complete/,
  ],
])('says in one line what is wrong with %s, and exits 2', async (_what, args, expected) => {
  const { code, stdout, line } = await failureOf(args, { GOOD: 'canary' });
  expect(code).toBe(2);
  expect(line).toMatch(expected);
  expect(line).not.toContain('canary');
  expect(stdout).toBe('');
});

it('explains its flags and exit codes', async () => {
  const run = startRun(['--help', '--port', 'x']);
  expect(await run.exited).toBe(0);
  expect(run.output.stdout).toMatch(/Exit codes: 0 /);
  expect(run.output.stdout).toMatch(/Examples:\n {2}npm start\n/);
});

it('says in one line that the port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { code, stdout, line } = await failureOf(['--json', '--port', String(port)]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(line).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken\\. .+\\.$`));
});

it('says in one line that the upstream cannot be reached', async () => {
  const flags = ['--upstream', NOTHING_THERE, '--app-id', APP_ID, '--app-secret-env', 'SECRET_OF_TEST', '--port', '0'];
  const { code, line } = await failureOf(flags, { SECRET_OF_TEST: APP_SECRET });
  expect(code).toBe(1);
  expect(line).toBe(
    `No access token for ${APP_ID} from ${NOTHING_THERE}: it cannot be connected to. Check --upstream, that the server runs, and the network.`,
  );
});

it.each<[string, (simulator: Simulator) => void, RegExp]>([
  [
    'a wrong secret',
    (wechat) => wechat.account(APP_ID).setSecret('another'),
    /errcode 40125, invalid appsecret, rid \S+\. Store the account's current app secret/,
  ],
  [
    'a frozen secret',
    (wechat) => wechat.account(APP_ID).freezeSecret(),
    /errcode 40243, .+ Unfreeze it in the console/,
  ],
  [
    'an address that is not allowed',
    (wechat) => wechat.account(APP_ID).setAllowedIps(['192.0.2.1']),
    /errcode 40164, .+ address 127\.0\.0\.1, .+IP allow-list/,
  ],
  [
    'a confirmation to be given',
    (wechat) => wechat.account(APP_ID).requireConfirmation(true),
    /errcode 89503, .+ The administrator was sent a message/,
  ],
  [
    'an unknown account',
    (wechat) => wechat.faults.add({ kind: 'errcode', errcode: 40013 }),
    /errcode 40013, .+ Check the app ID/,
  ],
  [
    'a used-up quota',
    (wechat) => wechat.faults.add({ kind: 'errcode', errcode: 45009 }),
    /errcode 45009, .+ Wait for midnight in UTC\+8/,
  ],
  [
    'an errcode that nobody knows',
    (wechat) => wechat.faults.add({ kind: 'errcode', errcode: 12345 }),
    /errcode 12345, rid \S+\. See WeChat/,
  ],
  ['an HTTP error', (wechat) => wechat.faults.add({ kind: 'status', status: 502 }), /it answered HTTP 502\./],
  ['a web page', (wechat) => wechat.faults.add({ kind: 'html' }), /its answer holds no access token\./],
  [
    'a broken connection',
    (wechat) => wechat.faults.add({ kind: 'reset', times: Infinity }),
    /it broke the connection off\./,
  ],
])('says in one line what %s means and what to do', async (_what, spoil, expected) => {
  const { simulator, flags, environment } = await startWechat();
  spoil(simulator);
  const { code, stdout, line } = await failureOf([...flags, '--json'], environment);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(line).toMatch(expected);
  expect(line).not.toContain('\n');
  expect(line).toMatch(new RegExp(`^No access token for ${APP_ID} from ${simulator.origin}: `));
});

it('says in one line that the upstream is no HTTP server', async () => {
  const server = await startSocketServer((socket) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
  onTestFinished(() => server.close());
  const flags = ['--upstream', server.origin, '--app-id', APP_ID, '--app-secret-env', 'SECRET_OF_TEST', '--port', '0'];
  const { code, line } = await failureOf(flags, { SECRET_OF_TEST: APP_SECRET });
  expect(code).toBe(1);
  expect(line).toMatch(/: its answer is no HTTP\. Check --upstream\.$/);
});

it('says what it waits for while the upstream is slow, and goes on when it answers', async () => {
  const { simulator, flags, environment } = await startWechat();
  simulator.faults.add({ kind: 'delay', ms: 2_500, path: '/cgi-bin/stable_token' });
  const run = startRun([...flags, '--json'], environment);
  await run.ready();
  expect(run.output.stderr).toContain(`Waiting for ${simulator.origin} to issue an access token.\n`);
});

it('gives up on an upstream that never answers', async () => {
  const { simulator, flags, environment } = await startWechat();
  simulator.faults.add({ kind: 'hang', path: '/cgi-bin/stable_token' });
  const { code, line } = await failureOf(flags, environment);
  expect(code).toBe(1);
  expect(line.split('\n').at(-1)).toMatch(/it did not answer in time\./);
});

it('says in one line that the first call failed', async () => {
  const { simulator, flags, environment } = await startWechat();
  simulator.faults.add({ kind: 'reset', path: '/cgi-bin/get_api_domain_ip', times: Infinity });
  const { code, stdout, line } = await failureOf(flags, environment);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(line).toMatch(/^The first call to .+ failed: errcode 990504, /);
});

it('takes whatever WeChat says to the first call for an answer', async () => {
  const { simulator, flags, environment } = await startWechat();
  simulator.faults.add({ kind: 'errcode', errcode: 48001, path: '/cgi-bin/get_api_domain_ip' });
  const run = startRun(flags, environment);
  await run.until(({ stdout }) => stdout.includes('Calls and refreshes'));
  expect(run.output.stdout).toMatch(/answer {3}HTTP 200 \{"errcode":48001/);
});

it('tries a new secret at once on the directory of a run whose secret was refused', async () => {
  const { simulator, flags, environment } = await startWechat();
  const withData = [...flags, '--json', '--data', freshDirectory()];
  expect((await failureOf(withData, { SECRET_OF_TEST: 'wrong' })).line).toMatch(/errcode 40125/);
  await startRun(withData, environment).ready();
  expect(simulator.account(APP_ID).issued('stable')).toBe(1);
});

it('waits out the short pause that a run before has left on the same directory', async () => {
  const { simulator, flags, environment } = await startWechat();
  const withData = [...flags, '--json', '--data', freshDirectory()];
  simulator.faults.add({ kind: 'status', status: 503 });
  expect((await failureOf(withData, environment)).line).toMatch(/HTTP 503/);
  await startRun(withData, environment).ready();
});

it('refuses a directory that another run uses, belongs to another account, or is damaged', async () => {
  const data = freshDirectory();
  const flags = ['--json', '--port', '0', '--data', data];
  const first = startRun(flags);
  const { appId } = await first.ready();
  expect((await failureOf(flags)).line).toMatch(/^The data directory .+ is in use by process \d+\. /);
  first.signal('SIGTERM');
  await first.exited;
  const other = await failureOf([...flags, '--app-id', 'wx-other']);
  expect(other.code).toBe(1);
  expect(other.line).toBe(
    `The data directory ${data} is the one of ${appId} on the simulator: give the same flags, or another directory.`,
  );
  writeFileSync(join(data, 'account.json'), '{');
  expect((await failureOf(flags)).line).toMatch(/account\.json is damaged: /);
});

it('says in one line that the directory cannot be made', async () => {
  const data = freshDirectory();
  mkdirSync(join(data, '..'), { recursive: true });
  writeFileSync(data, '');
  const { code, line } = await failureOf(['--data', data]);
  expect(code).toBe(1);
  expect(line).not.toContain('\n');
  expect(line).toContain(data);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCli } from './operator-cli.ts';
import { startRun } from './start-run.ts';
import { APP_ID, APP_SECRET, callGateway, startWechat } from './start-scene.ts';

const MAIN = fileURLToPath(new URL('../../infra/operator/main.ts', import.meta.url));
const REFUSED_PATH = '/cgi-bin/user/info';

it('logs shows what the local run has written, by account and by request id, follows it, and keeps secrets out', async () => {
  const { simulator, flags, environment } = await startWechat();
  simulator.faults.add({ kind: 'errcode', errcode: 40003, path: REFUSED_PATH });
  const gateway = await startRun(['--json', ...flags], environment).ready();
  const { port } = new URL(gateway.url);
  const logs = async (...args: readonly string[]) => runCli(['--local', '--port', port, 'logs', ...args]);
  const { errmsg } = await callGateway(gateway, `${REFUSED_PATH}?openid=nobody`);
  const [, rid = 'none'] = /rid: (\S+)/.exec(String(errmsg)) ?? [];

  const { exitCode, stdout } = await logs();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d refresh wx\w+ committed/m);
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d GET \/cgi-bin\/user\/info 200 \d+ ms errcode=40003/m);
  expect(stdout).not.toContain('_aws');
  expect(stdout).not.toContain(APP_SECRET);
  expect(stdout).not.toContain(gateway.callerKey);

  const byRid = await runCli(['--local', '--port', port, '--json', 'logs', '--rid', rid]);
  expect(
    byRid.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toEqual([
    expect.objectContaining({ event: 'call', path: REFUSED_PATH, rid, account: APP_ID, at: expect.any(String) }),
  ]);
  expect((await logs('--account', APP_ID)).stdout).toContain('refresh');
  expect(await logs('--account', 'wx0000000000000000')).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('No line fits'),
  });
  expect(await logs('--function', 'call-wechat-api')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('leave --function away'),
  });
  expect(await logs('--since', 'yesterday')).toMatchObject({ exitCode: 2, stdout: '' });

  const following = spawn(process.execPath, [MAIN, '--local', '--port', port, 'logs', '--follow', '--since', '5m']);
  let shown = '';
  const { promise: sawCall, resolve } = Promise.withResolvers<void>();
  following.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (shown.includes('/cgi-bin/getcallbackip')) resolve();
  });
  await callGateway(gateway, '/cgi-bin/getcallbackip');
  await sawCall;
  following.kill('SIGINT');
  await once(following, 'close');
  expect(following.exitCode).toBe(130);
  expect(shown.match(/getcallbackip/g)).toHaveLength(1);
});

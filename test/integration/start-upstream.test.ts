import { expect, it } from 'vitest';
import { emittedValues } from '../alarm-evaluator.ts';
import { type StartRun, startRun } from './start-run.ts';
import { APP_ID, APP_SECRET, callGateway, startWechat } from './start-scene.ts';

it('runs in front of another WeChat, to which it sends nothing but what is asked', async () => {
  const { simulator, flags, environment } = await startWechat();
  const run = startRun([...flags, '--json'], environment);
  const ready = await run.ready();
  expect(ready.upstream).toBe(simulator.origin);
  expect(await callGateway(ready, '/cgi-bin/getcallbackip')).toHaveProperty('ip_list');
  const paths = simulator.log.entries.map(({ path }) => path);
  expect(paths).toEqual(['/cgi-bin/stable_token', '/cgi-bin/get_api_domain_ip', '/cgi-bin/getcallbackip']);
});

it('asks WeChat once when 200 calls from outside meet a dead token', async () => {
  const { simulator, flags, environment } = await startWechat();
  const run = startRun([...flags, '--json'], environment);
  const ready = await run.ready();
  simulator.account(APP_ID).killCurrentToken();
  const calls = Array.from({ length: 200 }, () => callGateway(ready, '/cgi-bin/getcallbackip'));
  const answers = await Promise.all(calls);
  expect(answers.filter((answer) => !('ip_list' in answer))).toEqual([]);
  expect(simulator.log.count('/cgi-bin/stable_token')).toBe(2);
});

it('checks a real account with calls that do no harm', async () => {
  const { simulator, flags, environment } = await startWechat();
  const run = startRun([...flags, '--check'], environment);
  expect(await run.exited).toBe(0);
  expect(run.output.stdout.match(/^ok /gm)).toHaveLength(7);
  expect(new Set(simulator.log.entries.map(({ path }) => path))).toEqual(
    new Set(['/cgi-bin/stable_token', '/cgi-bin/get_api_domain_ip']),
  );
  expect(simulator.log.count('/cgi-bin/stable_token')).toBe(1);
});

it('exits 1 when a check fails, and says which', async () => {
  const { simulator, flags, environment } = await startWechat();
  simulator.faults.add({ kind: 'errcode', errcode: 48001, path: '/cgi-bin/get_api_domain_ip', times: Infinity });
  const run = startRun([...flags, '--check', '--json'], environment);
  expect(await run.exited).toBe(1);
  const checks = run.output.stdout.split('\n').filter((line) => line.startsWith('{"check"'));
  const failed = checks.map((line) => JSON.parse(line)).filter(({ ok }) => ok === false);
  expect(failed).toMatchObject([{ check: 'proxied GET', detail: expect.stringContaining('errcode 48001') }]);
});

it('shows trouble that comes later: in its log, in metrics, and to people', async () => {
  const { simulator, flags, environment } = await startWechat();
  const forMachines = startRun([...flags, '--json'], environment);
  const ready = await forMachines.ready();
  simulator.faults.add({ kind: 'reset', path: '/cgi-bin/getcallbackip', times: Infinity });
  expect(await callGateway(ready, '/cgi-bin/getcallbackip')).toMatchObject({ errcode: 990504 });
  await forMachines.until(({ stdout }) =>
    emittedValues(stdout.split('\n').slice(0, -1)).some(
      ({ name, dimensions }) => name === 'CallsRefused' && dimensions['stage'] === 'local',
    ),
  );
  const forPeople = startRun(flags, environment);
  await forPeople.until(({ stdout }) => stdout.includes('Calls and refreshes'));
  const [url = ''] = /http:\S+/.exec(forPeople.output.stdout) ?? [];
  const [callerKey = ''] = /wxg_\w+/.exec(forPeople.output.stdout) ?? [];
  await callGateway({ ...ready, url, callerKey }, '/cgi-bin/getcallbackip');
  await forPeople.until(({ stdout }) => /ERROR GET \/cgi-bin\/getcallbackip .*errcode=990504/.test(stdout));
});

it('never prints the app secret or a token, nor the caller key but where it is announced', async () => {
  const { simulator, flags, environment } = await startWechat();
  const tokens = new Set<string>();
  const runs: StartRun[] = [];
  for (const extra of [['--json'], [], ['--check'], ['--check', '--json']]) {
    const run = startRun([...flags, ...extra], environment);
    runs.push(run);
    if (extra.includes('--check')) await run.exited;
    else await run.until(({ stdout }) => stdout.includes('get_api_domain_ip'));
    tokens.add(simulator.account(APP_ID).currentToken('stable') ?? '');
  }
  expect(tokens).not.toContain('');
  for (const { output } of runs) {
    const everything = `${output.stdout}${output.stderr}`;
    for (const mark of [APP_SECRET, ...tokens]) expect(everything).not.toContain(mark);
    const withKey = everything.split('\n').filter((line) => line.includes('wxg_'));
    expect(withKey.filter((line) => !/^\{"url"|^ {2}curl /.test(line))).toEqual([]);
  }
});

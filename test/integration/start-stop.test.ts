import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startRun } from './start-run.ts';
import { callGateway, startWechat } from './start-scene.ts';

const SLOW_PATH = '/cgi-bin/getcallbackip';

it.each(['SIGINT', 'SIGTERM'] as const)(
  'gives calls in flight their answer at %s, even twice at once',
  async (signal) => {
    const { simulator, flags, environment } = await startWechat();
    const run = startRun([...flags, '--json'], environment);
    const ready = await run.ready();
    simulator.faults.add({ kind: 'delay', ms: 1_500, path: SLOW_PATH });
    const answer = callGateway(ready, SLOW_PATH);
    await simulator.log.waitFor(({ path }) => path === SLOW_PATH);
    run.signal(signal);
    // npm passes on what the terminal has sent already.
    run.signal(signal);
    expect(await answer).toHaveProperty('ip_list');
    expect(await run.exited).toBe(0);
    await expect(fetch(ready.url)).rejects.toThrow('fetch failed');
  },
);

it('ends at once at the second Ctrl-C', async () => {
  const { simulator, flags, environment } = await startWechat();
  const run = startRun([...flags, '--json'], environment);
  const ready = await run.ready();
  simulator.faults.add({ kind: 'hang', path: SLOW_PATH });
  const answer = callGateway(ready, SLOW_PATH).catch(() => 'cut off');
  await simulator.log.waitFor(({ path }) => path === SLOW_PATH);
  const impatient = new AbortController();
  const pressing = (async () => {
    while (!impatient.signal.aborted) {
      run.signal('SIGINT');
      await delay(100);
    }
  })();
  expect(await run.exited).toBe(130);
  impatient.abort();
  await pressing;
  expect(await answer).toBe('cut off');
});

it('stops cleanly while it starts', async () => {
  const { simulator, flags, environment } = await startWechat();
  simulator.faults.add({ kind: 'hang', path: '/cgi-bin/stable_token' });
  const run = startRun(flags, environment);
  await simulator.log.waitFor(({ path }) => path === '/cgi-bin/stable_token');
  run.signal('SIGINT');
  expect(await run.exited).toBe(0);
  expect(run.output.stdout).toBe('');
});

it('counts an interrupted check as failed', async () => {
  const { simulator, flags, environment } = await startWechat();
  simulator.faults.add({ kind: 'hang', path: '/cgi-bin/stable_token' });
  const run = startRun([...flags, '--check'], environment);
  await simulator.log.waitFor(({ path }) => path === '/cgi-bin/stable_token');
  run.signal('SIGINT');
  expect(await run.exited).toBe(1);
});

it('stops when the shell that npm had started it with is gone', async () => {
  const shell = spawn('/bin/sh', ['-c', `"${process.execPath}" infra/local/start.ts --json --port 0; true`], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { PATH: process.env['PATH'], npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(shell.stdout, 'data');
  shell.kill('SIGTERM');
  // The gateway holds the other end of the pipe for as long as it lives.
  await once(shell.stdout.resume(), 'close');
  expect(shell.signalCode).toBe('SIGTERM');
});

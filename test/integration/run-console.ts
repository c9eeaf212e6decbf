import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ConsoleState } from '../../infra/operator/console/console-state.ts';

const MAIN = fileURLToPath(new URL('../../infra/operator/main.ts', import.meta.url));

/** Runs `operator console` on a free port as a process of its own, which ends with its test at the latest. */
export async function runConsole(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args, 'console', '--page-port', '0'], {
    env: { PATH: process.env['PATH'], ...environment },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const stderr = text(child.stderr);
  const first = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), ended]);
  if (child.exitCode !== null) throw new Error(`The console has ended at once: ${await stderr}`);
  const url = String(first[0]).trim();
  return {
    url,
    /** What the page polls. */
    state: async () => (await (await fetch(`${url}/state.json`)).json()) as ConsoleState,
    /** As Ctrl-C does it. @returns the exit code */
    async interrupt(): Promise<number | null> {
      child.kill('SIGINT');
      await ended;
      return child.exitCode;
    },
  };
}

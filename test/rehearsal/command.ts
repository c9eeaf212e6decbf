import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { PROJECT_ROOT } from './paths.ts';

const TAIL_LINES = 40;
const CALLER_KEY = /wxg_\w{63}/g;

/** What a program wrote before it ended. */
export interface CommandRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface CommandSettings {
  /** Variables beside, or in place of, this process's. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Exit codes that are no failure; only 0 by default. */
  readonly accept?: readonly number[];
}

/** Runs a program in the project's folder to its end. @throws {Error} with its last lines when it ends otherwise than accepted */
export async function runCommand(
  program: string,
  args: readonly string[],
  { environment = {}, stdin = '', accept = [0] }: CommandSettings = {},
): Promise<CommandRun> {
  const child = spawn(program, args, { cwd: PROJECT_ROOT, env: { ...process.env, ...environment } });
  const closed = once(child, 'close');
  // A program that reads nothing may be gone before its input is written.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  const run = { exitCode: child.exitCode ?? -1, stdout, stderr };
  if (!accept.includes(run.exitCode)) throw new Error(failureText(program, args, run));
  return run;
}

/** The last lines of a longer output, without caller keys. */
export function tailOf(output: string): string {
  return output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n').replaceAll(CALLER_KEY, '[caller key]');
}

function failureText(program: string, args: readonly string[], { exitCode, stdout, stderr }: CommandRun): string {
  return `${program} ${args.join(' ')} ended with ${exitCode}:\n${tailOf(`${stdout}\n${stderr}`)}`;
}

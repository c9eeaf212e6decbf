import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

/** The first line of `npm start -- --json`. */
export interface ReadyLine {
  readonly url: string;
  readonly appId: string;
  readonly callerKey: string;
  readonly upstream: string;
}

/** What a run has written so far. */
export interface RunOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** One run of the local gateway as a process of its own, as `npm start` runs it. */
export interface StartRun {
  readonly output: RunOutput;
  /** Its exit code; the signal's name when it was killed. */
  readonly exited: Promise<number | string>;
  /** Resolves as soon as the output fits. Rejects when the process ends before. */
  until(fits: (output: RunOutput) => boolean): Promise<void>;
  /** The first line of stdout, parsed, once it is there. */
  ready(): Promise<ReadyLine>;
  signal(name: NodeJS.Signals): void;
}

const ENTRY = fileURLToPath(new URL('../../infra/local/start.ts', import.meta.url));
const killers = new Set<() => void>();

afterEach(() => {
  for (const kill of killers) kill();
  killers.clear();
});

/** Starts a run that ends with its test at the latest. Of this process's environment it gets nothing but where programs are. */
export function startRun(args: readonly string[], environment: Readonly<Record<string, string>> = {}): StartRun {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, [ENTRY, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  killers.add(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  const onChange = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of onChange) look();
    });
  }
  const exited = once(child, 'close').then(([code, signal]: (number | string)[]) => code ?? signal ?? 'unknown');
  const until = async (fits: (output: RunOutput) => boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => fits(output) && resolve();
    onChange.add(look);
    look();
    await Promise.race([promise, exited.then(() => fail(fits, output))]);
    onChange.delete(look);
  };
  const ready = async (): Promise<ReadyLine> => {
    await until(({ stdout }) => stdout.includes('\n'));
    // The tests look at its shape.
    return JSON.parse(output.stdout.split('\n', 1)[0] ?? '') as ReadyLine;
  };
  return { output, exited, until, ready, signal: (name) => void child.kill(name) };
}

function fail(fits: (output: RunOutput) => boolean, output: RunOutput): void {
  if (!fits(output)) throw new Error(`The run has ended too early: ${output.stdout}${output.stderr}`);
}

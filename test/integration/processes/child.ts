import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A process of a test's own, and the one message it sends: that it is ready, or what came out. */
export interface Child<Message> {
  /** Rejects when the process ends without it, with how it ended and what it wrote to stderr. */
  readonly message: Promise<Message>;
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>;
  /** Does nothing to a process that is gone. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends the process, even a stopped one. */
  end(): Promise<void>;
}

/** Runs one of the entry files beside this one, with nothing of this process's environment but where programs are. */
export function startChild<Message>(
  entry: string,
  environment: Readonly<Record<string, string>> = {},
  ...args: readonly string[]
): Child<Message> {
  const child = fork(new URL(entry, import.meta.url), args, {
    env: { PATH: process.env['PATH'], ...environment },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => undefined);
  const message = firstMessage<Message>(child, exited);
  // Fine: a killed child has no message, and only the test that waits for one is to fail.
  message.catch(() => {});
  return {
    message,
    exited,
    signal: (name) => void child.kill(name),
    async end() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function firstMessage<Message>(child: ChildProcess, exited: Promise<void>): Promise<Message> {
  const stderr = child.stderr === null ? '' : text(child.stderr);
  // Each entry file sends the one type that its starter names.
  const message = once(child, 'message').then(([content]) => content as Message);
  const ended = exited.then(async () => {
    throw new Error(`the process ended by ${child.signalCode ?? `exit ${child.exitCode}`}: ${await stderr}`);
  });
  return Promise.race([message, ended]);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { pinned } from './pinned.ts';

/** A program of a bench in a process of its own, that answers one question at a time. */
export interface Program<Question, Answer> {
  readonly pid: number;
  /** What it said first, when it was ready. */
  readonly ready: Answer;
  /** @throws {Error} when the process ends without an answer, with what it wrote to stderr */
  ask(question: Question): Promise<Answer>;
  /** Ends the process. */
  end(): Promise<void>;
}

/** How a program is started. */
export interface ProgramSettings {
  readonly core: 'measured' | 'other';
  /** In addition to where programs are, all that it has of this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  readonly arguments?: readonly string[];
}

/**
 * Starts a file beside the benches in a process of its own; it writes to nowhere and ends with this process. Resolves when it has said that it
 * is ready, by its first message.
 * @throws {Error} when the process ends before that, with what it wrote to stderr
 */
export async function startProgram<Question, Answer>(
  file: string,
  settings: ProgramSettings,
): Promise<Program<Question, Answer>> {
  const { core, environment = {}, nodeFlags = [], arguments: args = [] } = settings;
  const [program, ...rest] = pinned(core, [process.execPath, ...nodeFlags, file, ...args]);
  const child = spawn(program, rest, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => undefined);
  const failed = failureOf(child, exited, file);
  // Fine: a program that is ended fails nobody, and who waits for an answer sees it.
  failed.catch(() => {});
  // Each program sends the one type that its starter names.
  const nextMessage = () => Promise.race([once(child, 'message').then(([content]) => content as Answer), failed]);
  return {
    ready: await nextMessage(),
    // A process that has sent a message has been started.
    pid: child.pid ?? 0,
    async ask(question) {
      const answer = nextMessage();
      child.send(question as object);
      return answer;
    },
    async end() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function failureOf(child: ChildProcess, exited: Promise<void>, file: string): Promise<never> {
  const stderr = child.stderr === null ? '' : text(child.stderr);
  await exited;
  throw new Error(`${file} ended by ${child.signalCode ?? `exit ${child.exitCode}`}: ${await stderr}`);
}

/** The other side: says that this process is ready, answers every question, and ends with the parent. */
export function answerQuestions<Answer>(ready: Answer, answer: (question: never) => Promise<Answer>): void {
  process.once('disconnect', () => process.exit());
  // The starter names the type of what it asks.
  process.on('message', (question) => void answer(question as never).then((answered) => process.send?.(answered)));
  process.send?.(ready);
}

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { EXIT_CODES, OperatorFailure } from './operator-failure.ts';
import type { Terminal } from './terminal.ts';

/** The streams of a process. */
export interface TerminalStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
  readonly error: NodeJS.WritableStream;
}

/** {@link Terminal} on a process's own streams. Questions go to stderr, so that stdout holds results only. */
export function createNodeTerminal({ input, output, error }: TerminalStreams): Terminal {
  const question = (asked: string, shown: NodeJS.WritableStream) => askOnce(asked, input, error, shown);
  return {
    print: (line) => void output.write(`${line}\n`),
    tell: (line) => void error.write(`${line}\n`),
    isInteractive: input.isTTY === true,
    ask: (asked) => question(asked, error),
    async askHidden(asked) {
      try {
        return await question(asked, nowhere());
      } finally {
        error.write('\n');
      }
    },
    readAll: () => text(input),
    interruptSignal() {
      const interrupted = new AbortController();
      process.once('SIGINT', () => interrupted.abort());
      return interrupted.signal;
    },
  };
}

/** `echo` is where readline shows what is typed: it redraws the whole line itself, so an output that swallows all hides it. */
async function askOnce(
  asked: string,
  input: NodeJS.ReadableStream,
  prompt: NodeJS.WritableStream,
  echo: NodeJS.WritableStream,
): Promise<string> {
  prompt.write(asked);
  const lines = createInterface({ input, output: echo, terminal: true });
  const ended = Promise.withResolvers<never>();
  const stop = () => ended.reject(new OperatorFailure('Interrupted: nothing was changed.', EXIT_CODES.interrupted));
  lines.once('SIGINT', stop);
  lines.once('close', stop);
  try {
    return await Promise.race([lines.question(''), ended.promise]);
  } finally {
    lines.close();
  }
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** The process's stdout, shared between the functions, which write JSON lines to it as on Lambda, and the program that runs them. */
export interface FunctionOutput {
  /** Writes to the real stdout. */
  readonly write: (text: string) => void;
  /** From now on every line of the functions goes to `onLine`, without its line break: first those held back so far. */
  readonly pass: (onLine: (line: string) => void) => void;
}

const STANDARD_OUTPUT = 1;

/**
 * Takes over what the functions write to standard output by its descriptor: it is held back until somebody takes it. To be called once, before they
 * are loaded.
 */
export function takeOverStdout(): FunctionOutput {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', surviveGoneReader);
  const held: string[] = [];
  let onLine: (line: string) => void = (line) => void held.push(line);
  let rest = '';
  const take = (chunk: string | NodeJS.ArrayBufferView): void => {
    const lines = (rest + textOf(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
  takeOverDescriptor(take);
  return {
    write: (text) => void process.stdout.write(text),
    pass: (taker) => {
      for (const line of held.splice(0)) taker(line);
      onLine = taker;
    },
  };
}

/** Node's own streams keep the real function: they took it when they were made. */
function takeOverDescriptor(take: (chunk: string | NodeJS.ArrayBufferView) => void): void {
  const realWriteSync = fs.writeSync;
  fs.writeSync = (fd: number, chunk: string | NodeJS.ArrayBufferView, ...where: readonly unknown[]): number => {
    // Parts of a chunk are nothing that the functions write. Its two forms differ in what stands behind the chunk, which goes on as it came.
    if (fd !== STANDARD_OUTPUT || where.length > 0)
      return Reflect.apply(realWriteSync, fs, [fd, chunk, ...where]) as number;
    take(chunk);
    return Buffer.byteLength(chunk);
  };
  syncBuiltinESMExports();
}

function textOf(chunk: string | NodeJS.ArrayBufferView): string {
  return typeof chunk === 'string' ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString();
}

/** A reader that goes away, such as `head -1`, is no reason to end a server. */
function surviveGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

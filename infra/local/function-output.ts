/** The process's stdout, shared between the functions, which write JSON lines to it as on Lambda, and the program that runs them. */
export interface FunctionOutput {
  /** Writes to the real stdout. */
  readonly write: (text: string) => void;
  /** From now on every line of the functions goes to `onLine`, without its line break: first those held back so far. */
  readonly pass: (onLine: (line: string) => void) => void;
}

/**
 * Takes `process.stdout.write` over: what the functions write is held back until somebody takes it. To be called once, before they are
 * loaded.
 */
export function takeOverStdout(): FunctionOutput {
  const realWrite = process.stdout.write.bind(process.stdout);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', surviveGoneReader);
  const held: string[] = [];
  let onLine: (line: string) => void = (line) => void held.push(line);
  let rest = '';
  process.stdout.write = (chunk: string | Uint8Array, encodingOrDone?: unknown, done?: unknown): boolean => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  };
  return {
    write: (text) => void realWrite(text),
    pass: (taker) => {
      for (const line of held.splice(0)) taker(line);
      onLine = taker;
    },
  };
}

/** A reader that goes away, such as `head -1`, is no reason to end a server. */
function surviveGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

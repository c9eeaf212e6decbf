import { appendFileSync, renameSync, rmSync } from 'node:fs';
import { keptLine, OLDER } from '../operator/kept-line.ts';
import type { Closing } from './closing.ts';

/** Then the file becomes the older one, and the one before that is gone: `operator logs` has at least this much to read. */
const LONGEST_FILE_BYTES = 4_000_000;

/** Keeps what the functions write, for as long as the run lasts, in a file for `operator logs`. */
export function keepLines(file: string, closing: Closing): (line: string) => void {
  const remove = (): void => {
    for (const one of [file, file + OLDER]) rmSync(one, { force: true });
  };
  // What a killed run left behind.
  remove();
  let [size, isClosed] = [0, false];
  closing.add(async () => {
    isClosed = true;
    remove();
  });
  return (line) => {
    // The functions write until they are closed too.
    if (isClosed) return;
    const kept = keptLine(Date.now(), line);
    if (size > LONGEST_FILE_BYTES) {
      renameSync(file, file + OLDER);
      size = 0;
    }
    appendFileSync(file, kept, { mode: 0o600 });
    size += Buffer.byteLength(kept);
  };
}

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

/** What is measured has this core for itself as far as we are concerned; everything else that a bench runs has the other. */
const MEASURED_CORE = '1';
const OTHER_CORE = '0';

/** A program's path, looked up as a shell would and where system programs are; `undefined` when it is not installed. */
export function programPath(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

const taskset = availableParallelism() > 1 ? programPath('taskset') : undefined;

/** A command that is kept to the core of what is measured, or away from it; the same command where that cannot be had. */
export function pinned(core: 'measured' | 'other', command: readonly string[]): readonly [string, ...string[]] {
  const [program = '', ...rest] = command;
  if (taskset === undefined) return [program, ...rest];
  return [taskset, '-c', core === 'measured' ? MEASURED_CORE : OTHER_CORE, program, ...rest];
}

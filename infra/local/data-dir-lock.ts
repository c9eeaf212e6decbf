import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Gives the directory back. Safe to call twice. */
export type ReleaseDataDir = () => void;

const LOCK_FILE = 'in-use.pid';
const heldByThisProcess = new Set<string>();

/**
 * Makes `dataDir` (mode 0700 if it has to be created) and reserves it for this process until released. What a killed process
 * left behind is taken over.
 *
 * The embedded engine needs this: a LevelDB directory that someone else holds ends the process with an uncaught error.
 * @throws {Error} naming the other process when a living one has the directory
 */
export function lockDataDir(dataDir: string): ReleaseDataDir {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lockFile = join(dataDir, LOCK_FILE);
  const holder = livingHolder(lockFile);
  if (holder !== undefined) {
    throw new Error(
      `The data directory ${dataDir} is in use by process ${holder}. Stop it, or choose another directory; if that process is not ours, delete ${lockFile}.`,
    );
  }
  writeFileSync(lockFile, String(process.pid), { mode: 0o600 });
  heldByThisProcess.add(lockFile);
  return () => {
    if (heldByThisProcess.delete(lockFile)) {
      rmSync(lockFile, { force: true });
    }
  };
}

function livingHolder(lockFile: string): number | undefined {
  const holder = Number(readIfPresent(lockFile));
  if (!Number.isInteger(holder) || holder <= 0) {
    return undefined;
  }
  // In a container every run may have the same process id: a file that we did not write is then a leftover.
  if (holder === process.pid) {
    return heldByThisProcess.has(lockFile) ? holder : undefined;
  }
  return isAlive(holder) ? holder : undefined;
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // No file is the ordinary case: nobody holds the directory.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return '';
    }
    throw error;
  }
}

function isAlive(processId: number): boolean {
  try {
    // Signal 0 sends nothing and only asks whether the process exists.
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to another user. Anything else (ESRCH): it is gone.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

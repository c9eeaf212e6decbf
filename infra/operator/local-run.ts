import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { OperatorFailure } from './operator-failure.ts';

const schema = v.object({
  apiUrl: v.string(),
  tableName: v.string(),
  secretPrefix: v.string(),
  refreshFunctionName: v.string(),
  syncFunctionName: v.string(),
  quotasFunctionName: v.string(),
  /** Where the stand-ins for AWS listen. */
  dynamodb: v.string(),
  secretsManager: v.string(),
  lambda: v.string(),
  scheduler: v.string(),
  /** The schedule that its ticks follow. */
  refreshScheduleName: v.string(),
  /** What the functions have written lately: see `keptLine`. */
  logFile: v.string(),
});

/** What the operator CLI has to know of a local run; no secret. */
export type LocalRun = v.InferOutput<typeof schema>;

/** Inside the checkout, which both commands run in: in a shared temporary directory, another user could put a file in the way. */
const DIRECTORY = join(import.meta.dirname, '../../build/local-run');

/** Where a local run keeps what its functions write. The directory exists from now on. */
export function localLogFile(apiUrl: string): string {
  mkdirSync(DIRECTORY, { recursive: true, mode: 0o700 });
  return join(DIRECTORY, `${new URL(apiUrl).port}.log`);
}

/** Lets the operator CLI find a local run by the port of its API. @returns what takes it back at the run's end */
export function publishLocalRun(run: LocalRun): () => void {
  const file = fileOf(Number(new URL(run.apiUrl).port));
  mkdirSync(DIRECTORY, { recursive: true, mode: 0o700 });
  // A file that a killed run left behind would keep its own mode.
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify(run), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** @throws {OperatorFailure} when no local run has published itself under this port */
export function findLocalRun(port: number): LocalRun {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), readIfPresent(fileOf(port)));
  if (parsed.success) return parsed.output;
  throw new OperatorFailure(
    `No local run on port ${port}: start one with "npm start", or name the port it shows with --port.`,
  );
}

function fileOf(port: number): string {
  return join(DIRECTORY, `${port}.json`);
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // No file: nobody runs there, which the caller says.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { StartFailure } from './start-failure.ts';

const recordSchema = v.object({ appId: v.string(), simulated: v.boolean() });

/** Whose state a data directory holds. */
export type DataDirAccount = v.InferOutput<typeof recordSchema>;

/** What a run asks for; without an app ID it takes the directory's. */
export interface WantedAccount {
  readonly appId: string | undefined;
  readonly simulated: boolean;
}

const FILE = 'account.json';

/**
 * The account of a data directory that exists: at its first use `choose` makes one, which is written down there.
 * @throws {StartFailure} when the directory is another account's: its token and secret must not go to the wrong server
 */
export function accountOfDataDir(dataDir: string, wanted: WantedAccount, choose: () => string): string {
  const file = join(dataDir, FILE);
  const recorded = readRecord(file);
  if (recorded === undefined) {
    const appId = wanted.appId ?? choose();
    writeFileSync(file, JSON.stringify({ appId, simulated: wanted.simulated } satisfies DataDirAccount), {
      mode: 0o600,
    });
    return appId;
  }
  if (recorded.simulated === wanted.simulated && (wanted.appId ?? recorded.appId) === recorded.appId)
    return recorded.appId;
  const owner = `${recorded.appId} ${recorded.simulated ? 'on the simulator' : 'with --upstream'}`;
  throw new StartFailure(
    `The data directory ${dataDir} is the one of ${owner}: give the same flags, or another directory.`,
  );
}

function readRecord(file: string): DataDirAccount | undefined {
  const text = readIfPresent(file);
  if (text === undefined) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), recordSchema), text);
  if (parsed.success) return parsed.output;
  throw new StartFailure(`${file} is damaged: delete it, then it is written again.`);
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // No file is the ordinary first start.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

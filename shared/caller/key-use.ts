import type { Clock } from '../clock.ts';
import type { Caller } from './caller.ts';

const HOUR_MS = 3_600_000;
const MAX_KEYS = 1_000;

/** Where the last use of every caller key is kept, to the hour. */
export interface KeyUseStore {
  /**
   * Stores that a key was used in the hour that begins at `hour`, epoch milliseconds. An older hour than the stored one changes nothing.
   * @throws the table's error when it does not answer
   */
  markUsed(callerId: string, keyId: string, hour: number): Promise<void>;
  /**
   * The hours in which a caller's keys were last used, epoch milliseconds by key id. A key that is missing was not used for over a year.
   * @throws the table's error when it does not answer
   */
  lastUsedAt(callerId: string): Promise<ReadonlyMap<string, number>>;
}

/** Notes which keys are in use. */
export interface KeyUseRecorder {
  /** Begins to read when the caller's keys were last used, so that a use that is known needs no write: once per caller and hour. Never fails. */
  readAhead(callerId: string): void;
  /**
   * Notes one use. Writes at most once per key and hour, whatever becomes of the write, and never rejects: no call fails for this. `undefined` when there
   * is nothing to write.
   */
  note(callerId: string, keyId: string): Promise<void> | undefined;
}

/** What the recorder needs. */
export interface KeyUseDependencies {
  readonly store: KeyUseStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly onError: (keyId: string, error: unknown) => void;
}

/** Notes the use of a key beside the work that it is used for: nobody waits for the note first, and it is done before the answer goes out. */
export async function notingKeyUse<Outcome>(
  recorder: Pick<KeyUseRecorder, 'note'>,
  { caller, keyId }: { readonly caller: Pick<Caller, 'id'>; readonly keyId: string },
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const noted = recorder.note(caller.id, keyId);
  if (noted === undefined) return work();
  try {
    return await work();
  } finally {
    await noted;
  }
}

/** One environment's notes. Remembers the 1,000 keys that it noted last. */
export function createKeyUseRecorder({ store, clock, onError }: KeyUseDependencies): KeyUseRecorder {
  // The hour noted last by key id, the longest unchanged first.
  const noted = new Map<string, number>();
  // By caller, also by made-up ones, the oldest first: what was read in which hour.
  const readAhead = new Map<string, { readonly hour: number; readonly used: Promise<ReadonlyMap<string, number>> }>();
  const currentHour = (): number => Math.floor(clock.now() / HOUR_MS) * HOUR_MS;

  async function markUsed(callerId: string, keyId: string, hour: number): Promise<void> {
    const read = readAhead.get(callerId);
    try {
      if (read?.hour === hour && ((await read.used).get(keyId) ?? 0) >= hour) return;
      await store.markUsed(callerId, keyId, hour);
    } catch (error) {
      // A call is worth more than this note, which another environment or the next hour makes up for.
      onError(keyId, error);
    }
  }

  return {
    readAhead(callerId) {
      const hour = currentHour();
      if (readAhead.get(callerId)?.hour === hour) return;
      // What cannot be read is written, and then the table says what is wrong.
      const used = store.lastUsedAt(callerId).catch(() => new Map<string, number>());
      readAhead.delete(callerId);
      readAhead.set(callerId, { hour, used });
      dropOldest(readAhead);
    },

    note(callerId, keyId) {
      const hour = currentHour();
      if (noted.get(keyId) === hour) return undefined;
      noted.delete(keyId);
      noted.set(keyId, hour);
      dropOldest(noted);
      return markUsed(callerId, keyId, hour);
    },
  };
}

function dropOldest(entries: Map<string, unknown>): void {
  const [oldest] = entries.keys();
  if (entries.size > MAX_KEYS && oldest !== undefined) entries.delete(oldest);
}

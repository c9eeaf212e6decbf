import type { Clock } from '../clock.ts';

/** A revocation is known to every environment within a minute of being stored; the rest of the minute is for reading. */
const ENTRY_LIFE_MS = 45_000;
/** Spares the table the look-ups of made-up ids, and a new one a long wait. */
const UNKNOWN_LIFE_MS = 10_000;
/** While the table does not answer. */
const LONGEST_STALE_MS = 300_000;
/** After a failed read the stale entry serves without another, so that an outage of the table does not slow every call down. */
const RETRY_PAUSE_MS = 5_000;
const MAX_ENTRIES = 1_000;

/** What is stored under ids, as one environment sees it. */
export interface EntryCache<Value> {
  /**
   * The value, at most 45 s old, or 5 minutes while the store does not answer; `undefined` when there is none.
   * @param besideRead called before waiting for the store, and only then: for what is to be read together with it
   * @throws the store's error when it does not answer and no entry is young enough
   */
  find(id: string, besideRead?: () => void): Promise<Value | undefined>;
}

/** An entry is served past its 45 s, because the store failed. Told once per failed read. */
export interface StaleEntry {
  readonly id: string;
  /** How long ago the entry was read. */
  readonly ageMs: number;
  readonly error: unknown;
}

/** What the cache needs. */
export interface EntryCacheDependencies<Value> {
  /** One read of the store; `undefined` when it holds nothing under the id. */
  readonly read: (id: string) => Promise<Value | undefined>;
  readonly clock: Pick<Clock, 'now'>;
  readonly onStale: (stale: StaleEntry) => void;
}

interface Entry<Value> {
  readonly value: Value;
  readonly readAt: number;
  /** No look at the store before this time. */
  readonly trustedUntil: number;
}

/** A bounded cache in front of the store with one read at a time per id. Holds 1,000 ids at most and forgets made-up ones first. */
export function createEntryCache<Value>(dependencies: EntryCacheDependencies<Value>): EntryCache<Value> {
  const { clock, onStale } = dependencies;
  // In order of use, the longest unused first.
  const known = new Map<string, Entry<Value>>();
  // In order of reading, with the time of it.
  const unknown = new Map<string, number>();
  const flights = new Map<string, Promise<Value | undefined>>();

  function remember(id: string, value: Value | undefined, readAt: number): void {
    known.delete(id);
    unknown.delete(id);
    if (value === undefined) unknown.set(id, readAt);
    else known.set(id, { value, readAt, trustedUntil: readAt + ENTRY_LIFE_MS });
    if (known.size + unknown.size > MAX_ENTRIES) forgetOldest(unknown.size > 0 ? unknown : known);
  }

  async function read(id: string): Promise<Value | undefined> {
    const readAt = clock.now();
    try {
      const value = await dependencies.read(id);
      remember(id, value, readAt);
      return value;
    } catch (error) {
      // Expected while the table is away: an entry that is young enough bridges it, anything else is the caller's to hear.
      const entry = known.get(id);
      const now = clock.now();
      if (entry === undefined || !isWithin(now, entry.readAt, LONGEST_STALE_MS)) throw error;
      known.set(id, { ...entry, trustedUntil: Math.min(now + RETRY_PAUSE_MS, entry.readAt + LONGEST_STALE_MS) });
      onStale({ id, ageMs: now - entry.readAt, error });
      return entry.value;
    }
  }

  function flight(id: string): Promise<Value | undefined> {
    const running = flights.get(id) ?? read(id).finally(() => flights.delete(id));
    flights.set(id, running);
    return running;
  }

  return {
    async find(id, besideRead) {
      const now = clock.now();
      const entry = known.get(id);
      if (entry !== undefined && now >= entry.readAt && now < entry.trustedUntil) {
        known.delete(id);
        known.set(id, entry);
        return entry.value;
      }
      const unknownSince = unknown.get(id);
      if (unknownSince !== undefined && isWithin(now, unknownSince, UNKNOWN_LIFE_MS)) return undefined;
      besideRead?.();
      return flight(id);
    },
  };
}

/** A clock that went back makes an entry old, not young. */
function isWithin(now: number, since: number, durationMs: number): boolean {
  return now >= since && now < since + durationMs;
}

function forgetOldest(entries: Map<string, unknown>): void {
  const [oldest] = entries.keys();
  if (oldest !== undefined) entries.delete(oldest);
}

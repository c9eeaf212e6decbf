import type { Clock } from '../clock.ts';
import type { Caller } from './caller.ts';
import type { CallerStore } from './caller-store.ts';

/** A revocation is known to every environment within a minute of being stored; the rest of the minute is for reading. */
const ENTRY_LIFE_MS = 45_000;
/** Spares the table the look-ups of made-up keys, and a new caller a long wait. */
const UNKNOWN_LIFE_MS = 10_000;
/** While the table does not answer. */
const LONGEST_STALE_MS = 300_000;
/** After a failed read the stale entry serves without another, so that an outage of the table does not slow every call down. */
const RETRY_PAUSE_MS = 5_000;
const MAX_ENTRIES = 1_000;

/** The callers as one environment sees them. */
export interface CallerDirectory {
  /**
   * The caller, at most 45 s old, or 5 minutes while the store does not answer; `undefined` when there is none.
   * @throws the store's error when it does not answer and no entry is young enough
   */
  find(callerId: string): Promise<Caller | undefined>;
}

/** A caller is served past its 45 s, because the store failed. Told once per failed read. */
export interface StaleCaller {
  readonly callerId: string;
  /** How long ago the entry was read. */
  readonly ageMs: number;
  readonly error: unknown;
}

/** What the directory needs. */
export interface CallerDirectoryDependencies {
  readonly store: Pick<CallerStore, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly onStale: (stale: StaleCaller) => void;
}

interface Entry {
  readonly caller: Caller;
  readonly readAt: number;
  /** No look at the store before this time. */
  readonly trustedUntil: number;
}

/** A bounded cache in front of the store with one read at a time per caller. Holds 1,000 ids at most and forgets made-up ones first. */
export function createCallerDirectory({ store, clock, onStale }: CallerDirectoryDependencies): CallerDirectory {
  // In order of use, the longest unused first.
  const known = new Map<string, Entry>();
  // In order of reading, with the time of it.
  const unknown = new Map<string, number>();
  const flights = new Map<string, Promise<Caller | undefined>>();

  function remember(callerId: string, caller: Caller | undefined, readAt: number): void {
    known.delete(callerId);
    unknown.delete(callerId);
    if (caller === undefined) unknown.set(callerId, readAt);
    else known.set(callerId, { caller, readAt, trustedUntil: readAt + ENTRY_LIFE_MS });
    if (known.size + unknown.size > MAX_ENTRIES) forgetOldest(unknown.size > 0 ? unknown : known);
  }

  async function read(callerId: string): Promise<Caller | undefined> {
    const readAt = clock.now();
    try {
      const caller = await store.get(callerId);
      remember(callerId, caller, readAt);
      return caller;
    } catch (error) {
      // Expected while the table is away: an entry that is young enough bridges it, anything else is the caller's to hear.
      const entry = known.get(callerId);
      const now = clock.now();
      if (entry === undefined || !isWithin(now, entry.readAt, LONGEST_STALE_MS)) throw error;
      known.set(callerId, { ...entry, trustedUntil: Math.min(now + RETRY_PAUSE_MS, entry.readAt + LONGEST_STALE_MS) });
      onStale({ callerId, ageMs: now - entry.readAt, error });
      return entry.caller;
    }
  }

  function flight(callerId: string): Promise<Caller | undefined> {
    const running = flights.get(callerId) ?? read(callerId).finally(() => flights.delete(callerId));
    flights.set(callerId, running);
    return running;
  }

  return {
    async find(callerId) {
      const now = clock.now();
      const entry = known.get(callerId);
      if (entry !== undefined && now >= entry.readAt && now < entry.trustedUntil) {
        known.delete(callerId);
        known.set(callerId, entry);
        return entry.caller;
      }
      const unknownSince = unknown.get(callerId);
      if (unknownSince !== undefined && isWithin(now, unknownSince, UNKNOWN_LIFE_MS)) return undefined;
      return flight(callerId);
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

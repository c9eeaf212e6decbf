import type { Clock } from '../clock.ts';
import type { Caller } from './caller.ts';
import type { CallerStore } from './caller-store.ts';
import { createEntryCache } from './entry-cache.ts';

/** The callers as one environment sees them. */
export interface CallerDirectory {
  /**
   * The caller, at most 45 s old, or 5 minutes while the store does not answer; `undefined` when there is none.
   * @param besideRead called before waiting for the store, and only then: for what is to be read together with it
   * @throws the store's error when it does not answer and no entry is young enough
   */
  find(callerId: string, besideRead?: () => void): Promise<Caller | undefined>;
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

/** A bounded cache in front of the store, see {@link createEntryCache}. */
export function createCallerDirectory({ store, clock, onStale }: CallerDirectoryDependencies): CallerDirectory {
  return createEntryCache<Caller>({
    read: (callerId) => store.get(callerId),
    clock,
    onStale: ({ id, ageMs, error }) => onStale({ callerId: id, ageMs, error }),
  });
}

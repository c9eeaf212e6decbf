import type { Clock } from '../clock.ts';
import { readUsage } from './read-usage.ts';
import type { SummedUsage, UsageStore } from './usage-store.ts';

const KEPT_MS = 60_000;
const MAX_ENTRIES = 100;

/** The counts of all environments together as one environment sees them. */
export interface UsageReader {
  /**
   * The counts of an account's day, at most a minute old.
   * @param day `YYYYMMDD` in UTC+8
   * @throws the table's error when it does not answer
   */
  get(appId: string, day: string): Promise<SummedUsage>;
}

interface Entry {
  readonly summed: Promise<SummedUsage>;
  readonly readAt: number;
}

/** A memory of the 100 accounts' days read last, so that asking often costs a read of many items once a minute. */
export function createUsageReader(
  store: Pick<UsageStore, 'sum' | 'keptSum' | 'keepSum'>,
  clock: Pick<Clock, 'now'>,
): UsageReader {
  // In order of reading, the oldest first.
  const entries = new Map<string, Entry>();

  function keep(key: string, entry: Entry): void {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
  }

  return {
    async get(appId, day) {
      const key = `${day} ${appId}`;
      const now = clock.now();
      const present = entries.get(key);
      if (present !== undefined && now >= present.readAt && now < present.readAt + KEPT_MS) return present.summed;
      const entry = { summed: readUsage(store, appId, day, now), readAt: now };
      keep(key, entry);
      try {
        return await entry.summed;
      } catch (error) {
        // The next one tries again.
        if (entries.get(key) === entry) entries.delete(key);
        throw error;
      }
    },
  };
}

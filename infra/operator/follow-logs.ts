import type { Clock } from '#shared/clock.ts';
import type { LogEntry, LogQuery, LogReader } from './log-reader.ts';

/** What following works with. */
export interface FollowSettings {
  readonly logs: LogReader;
  readonly clock: Clock;
  readonly show: (entry: LogEntry) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 2_000;
/** A line can be read only some seconds after it was written, and the lines of several functions not in their order. */
const LATE_MS = 60_000;

/** Shows the entries from `query.since` on, each once, until it is told to end. @throws the reader's error */
export async function followLogs({ logs, clock, show, signal }: FollowSettings, query: LogQuery): Promise<void> {
  let seen = new Map<string, number>();
  let since = query.since;
  while (!signal.aborted) {
    for (const entry of await logs.read({ ...query, since })) {
      const id = `${entry.functionName ?? ''} ${entry.id}`;
      if (!seen.has(id)) show(entry);
      seen.set(id, entry.at);
    }
    since = Math.max(since, clock.now() - LATE_MS);
    // What will not be read again need not be remembered.
    seen = new Map([...seen].filter(([, at]) => at >= since));
    await clock.sleep(LOOK_EVERY_MS, signal).catch((error: unknown) => {
      // Ctrl-C ends the sleep; any other failure is the clock's.
      if (!signal.aborted) throw error;
    });
  }
}

import type { Clock } from '#shared/clock.ts';

/** What to run and on which clock. */
export interface ScheduleSettings {
  readonly run: () => Promise<unknown>;
  /** Its sleeps decide whether the schedule keeps the process alive. */
  readonly clock: Clock;
  /** Told about every failed run; the schedule goes on. */
  readonly onError: (error: unknown) => void;
}

/** A running schedule. */
export interface Schedule {
  /** Starts nothing more and waits for what is running. Called twice, the second call waits too. */
  stop(): Promise<void>;
}

const INTERVAL_MS = 60_000;
/** A run that outlasts its minute overlaps with the next one, as on AWS; a third at once would only pile up. */
const MAX_AT_ONCE = 2;

/**
 * Runs at once and then every minute, counted from the first run, as a rate of one minute of EventBridge Scheduler does. A clock that
 * jumps several minutes gets one run, not all it missed.
 *
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function startSchedule(settings: ScheduleSettings): Schedule {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const startRun = (): void => {
    if (running.size < MAX_AT_ONCE) {
      const run = runOnce(settings).finally(() => running.delete(run));
      running.add(run);
    }
  };
  const ticking = tick(settings.clock, stopping.signal, startRun).catch(settings.onError);
  return {
    stop: async () => {
      stopping.abort();
      await ticking;
      await Promise.all(running);
    },
  };
}

async function runOnce({ run, onError }: ScheduleSettings): Promise<void> {
  try {
    await run();
  } catch (error) {
    onError(error);
  }
}

async function tick(clock: Clock, stopped: AbortSignal, startRun: () => void): Promise<void> {
  const startedAt = clock.now();
  while (!stopped.aborted) {
    startRun();
    const elapsedMs = clock.now() - startedAt;
    try {
      await clock.sleep(INTERVAL_MS - (elapsedMs % INTERVAL_MS), stopped);
    } catch (error) {
      // stop() interrupts the sleep; any other failure is the clock's.
      if (!stopped.aborted) {
        throw error;
      }
    }
  }
}

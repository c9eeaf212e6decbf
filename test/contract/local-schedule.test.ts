import { expect, it, vi } from 'vitest';
import { startSchedule } from '../../infra/local/schedule.ts';

const MINUTE_MS = 60_000;

/** A clock with one sleeper, as the schedule has. */
function movableClock() {
  let time = 1_000_000;
  let wakeAt = Number.POSITIVE_INFINITY;
  let wake: (() => void) | undefined;
  return {
    now: () => time,
    sleep: (durationMs: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        wakeAt = time + durationMs;
        wake = resolve;
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
    /** Moves on and lets everything that became due happen. */
    advance: async (durationMs: number) => {
      time += durationMs;
      if (wakeAt <= time) {
        wakeAt = Number.POSITIVE_INFINITY;
        wake?.();
      }
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
  };
}

const neverFails = (error: unknown): void => {
  throw error;
};

it('runs at once and then every minute', async () => {
  const clock = movableClock();
  const run = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const schedule = startSchedule({ run, clock, onError: neverFails });
  expect(run).toHaveBeenCalledTimes(1);
  await clock.advance(MINUTE_MS - 1);
  expect(run).toHaveBeenCalledTimes(1);
  await clock.advance(1);
  expect(run).toHaveBeenCalledTimes(2);
  await clock.advance(MINUTE_MS);
  expect(run).toHaveBeenCalledTimes(3);
  await schedule.stop();
  await clock.advance(MINUTE_MS);
  expect(run).toHaveBeenCalledTimes(3);
});

it('keeps its minute when a sleep runs late, and makes up for a jump with one run', async () => {
  const clock = movableClock();
  const run = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const schedule = startSchedule({ run, clock, onError: neverFails });
  await clock.advance(10 * MINUTE_MS + 500);
  expect(run).toHaveBeenCalledTimes(2);
  await clock.advance(MINUTE_MS - 500);
  expect(run).toHaveBeenCalledTimes(3);
  await schedule.stop();
});

it('lets one run overlap with the next, not with two', async () => {
  const clock = movableClock();
  const releases: (() => void)[] = [];
  const run = vi.fn<() => Promise<void>>(
    () =>
      new Promise((resolve) => {
        releases.push(resolve);
      }),
  );
  const schedule = startSchedule({ run, clock, onError: neverFails });
  await clock.advance(MINUTE_MS);
  await clock.advance(MINUTE_MS);
  expect(run).toHaveBeenCalledTimes(2);
  releases[0]?.();
  await clock.advance(0);
  await clock.advance(MINUTE_MS);
  expect(run).toHaveBeenCalledTimes(3);
  for (const release of releases) {
    release();
  }
  await schedule.stop();
});

it('reports a failed run and goes on', async () => {
  const clock = movableClock();
  const onError = vi.fn<(error: unknown) => void>();
  const run = vi.fn<() => Promise<void>>(() => Promise.reject(new Error('down')));
  const schedule = startSchedule({ run, clock, onError });
  await clock.advance(MINUTE_MS);
  await schedule.stop();
  expect(onError.mock.calls).toEqual([[new Error('down')], [new Error('down')]]);
});

it('waits on stop for the run in progress', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let isDone = false;
  const run = async (): Promise<void> => {
    await released;
    isDone = true;
  };
  const schedule = startSchedule({ run, clock: movableClock(), onError: neverFails });
  const stopped = schedule.stop();
  release();
  await stopped;
  expect(isDone).toBe(true);
});

import { type TestContext, vi } from 'vitest';
import type { MovableClock } from '../movable-clock.ts';

/** What stands in for Node's timer: libraries only clear it, and ask that it keep no process alive. */
class ClockTimer extends AbortController {
  unref(): this {
    return this;
  }
}

/**
 * Puts the program's timers on the clock until the test has finished: they end when the test lets time pass, so that a deadline can be measured on
 * sockets without waiting for it.
 */
export function putTimersOnClock(test: Pick<TestContext, 'onTestFinished'>, clock: MovableClock): void {
  const { clearTimeout: clear } = globalThis;
  vi.stubGlobal('setTimeout', (callback: (...args: unknown[]) => void, durationMs = 0, ...args: unknown[]) => {
    const timer = new ClockTimer();
    void callBackAfter(clock, durationMs, timer.signal, () => callback(...args));
    return timer;
  });
  vi.stubGlobal('clearTimeout', (timer: ClockTimer | NodeJS.Timeout | undefined) =>
    timer instanceof ClockTimer ? timer.abort() : clear(timer),
  );
  test.onTestFinished(() => void vi.unstubAllGlobals());
}

async function callBackAfter(
  clock: MovableClock,
  durationMs: number,
  cleared: AbortSignal,
  callback: () => void,
): Promise<void> {
  try {
    await clock.sleep(durationMs, cleared);
  } catch {
    // Cleared.
    return;
  }
  callback();
}

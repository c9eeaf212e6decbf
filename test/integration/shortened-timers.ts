import { type TestContext, vi } from 'vitest';

const SHORTENED = 50;
const LONGEST_PAUSE_MS = 1_999;
/** An issue's deadline; connections have 2 s to come up, and keep them. */
const DEADLINE_MS = { over: 2_500, upTo: 4_000 };

/**
 * Makes the pauses that the AWS SDK makes before it tries again fifty times as short, so that hours of an outage pass in seconds. What is tried, and
 * how often, stays as it is. Ends with the test at the latest.
 * @param issuesToo also the deadline of issues: for a WeChat that never answers them
 * @returns what ends it
 */
export function shortenTimers(test: Pick<TestContext, 'onTestFinished'>, { issuesToo = false } = {}): () => void {
  const { setTimeout: timer } = globalThis;
  const isShortened = (durationMs: number): boolean =>
    durationMs <= LONGEST_PAUSE_MS || (issuesToo && durationMs > DEADLINE_MS.over && durationMs <= DEADLINE_MS.upTo);
  const shortened = (callback: (...args: unknown[]) => void, durationMs = 0, ...args: unknown[]) =>
    timer(callback, isShortened(durationMs) ? durationMs / SHORTENED : durationMs, ...args);
  vi.stubGlobal('setTimeout', shortened);
  test.onTestFinished(restoreTimers);
  return restoreTimers;
}

function restoreTimers(): void {
  vi.unstubAllGlobals();
}

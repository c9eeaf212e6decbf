import { type TestContext, vi } from 'vitest';

const PAUSES_SHORTENED = 50;
const LONGEST_PAUSE_MS = 1_999;
/** An issue has 4 s, of which its connection has 2 s: a twentieth of that is enough for one on loopback. */
const ISSUES_SHORTENED = 20;
const ISSUE_DEADLINE_MS = 4_000;

/**
 * Makes the pauses that the AWS SDK makes before it tries again fifty times as short, so that hours of an outage pass in seconds. What is tried, and
 * how often, stays as it is. Ends with the test at the latest.
 * @param issuesToo also the deadline of issues: for a WeChat that never answers them
 * @returns what ends it
 */
export function shortenTimers(test: Pick<TestContext, 'onTestFinished'>, { issuesToo = false } = {}): () => void {
  const { setTimeout: timer } = globalThis;
  const shorter = (durationMs: number): number => {
    if (durationMs <= LONGEST_PAUSE_MS) return durationMs / PAUSES_SHORTENED;
    return issuesToo && durationMs <= ISSUE_DEADLINE_MS ? durationMs / ISSUES_SHORTENED : durationMs;
  };
  const shortened = (callback: (...args: unknown[]) => void, durationMs = 0, ...args: unknown[]) =>
    timer(callback, shorter(durationMs), ...args);
  vi.stubGlobal('setTimeout', shortened);
  test.onTestFinished(restoreTimers);
  return restoreTimers;
}

function restoreTimers(): void {
  vi.unstubAllGlobals();
}

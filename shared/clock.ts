/** Time as the use cases see it: passed in, so that tests can move it. */
export interface Clock {
  /** Now, in epoch milliseconds. */
  now(): number;
  /** Resolves after `durationMs`; rejects with the signal's reason as soon as `signal` aborts. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

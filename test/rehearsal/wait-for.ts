import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 250;
const TELL_EVERY_MS = 10_000;

/** What is waited for, and for how long at most. */
export interface Waiting {
  readonly what: string;
  /** Far above what it takes: it only ends a rehearsal that hangs. */
  readonly ceilingMs: number;
  readonly tell: (line: string) => void;
}

/**
 * Looks again and again until there is something to see, and tells every ten seconds that it still waits.
 * @throws {Error} at the ceiling
 */
export async function waitFor<Value>(
  { what, ceilingMs, tell }: Waiting,
  look: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  const begun = Date.now();
  let tellAt = begun + TELL_EVERY_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    const waitedMs = Date.now() - begun;
    if (waitedMs > ceilingMs) throw new Error(`waited ${Math.round(waitedMs / 1_000)} s for ${what}, in vain`);
    if (Date.now() >= tellAt) {
      tell(`still waiting for ${what}, ${Math.round(waitedMs / 1_000)} s so far`);
      tellAt += TELL_EVERY_MS;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

import type { Clock } from '#shared/clock.ts';

/**
 * Remembers what was read for a while, so that several pages that poll cost no more than one. Who asks while it is being read waits for the same reading;
 * a failed reading is not kept.
 */
export function kept<Value>(
  read: () => Promise<Value>,
  keptMs: number,
  clock: Pick<Clock, 'now'>,
): () => Promise<Value> {
  let last: { readonly value: Promise<Value>; readonly at: number } | undefined;
  return async () => {
    const now = clock.now();
    if (last !== undefined && now >= last.at && now < last.at + keptMs) return last.value;
    const reading = { value: read(), at: now };
    last = reading;
    try {
      return await reading.value;
    } catch (error) {
      if (last === reading) last = undefined;
      throw error;
    }
  };
}

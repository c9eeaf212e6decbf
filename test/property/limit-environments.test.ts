import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallerLimits } from '#shared/caller/caller.ts';
import type { LimitStore } from '#shared/caller/limit-store.ts';
import { limitWindows } from '#shared/caller/limit-window.ts';
import { type CallLimiter, createCallLimiter } from '#shared/caller/limiter.ts';
import { createMemoryLimitStore } from '../memory-limit-store.ts';
import { settled } from '../movable-clock.ts';

/** Noon in UTC+8. */
const NOON = Date.UTC(2026, 10, 20, 4);
const CALLER = 'caller00';
const TODAY = 'DAY#20261120';

/** Time that goes on by the millisecond while environments call and the table takes its time. */
function createWorld() {
  let now = NOON;
  const waiting = new Map<number, (() => void)[]>();
  return {
    now: () => now,
    sleep: async (durationMs: number) =>
      new Promise<void>((resolve) => {
        const at = now + durationMs;
        waiting.set(at, [...(waiting.get(at) ?? []), resolve]);
      }),
    async tick(): Promise<void> {
      now += 1;
      for (const wake of waiting.get(now) ?? []) wake();
      waiting.delete(now);
      await settled();
    },
  };
}

/** The table as one environment reaches it: some milliseconds there and some back, so that writes of many overtake each other. */
function distant(store: LimitStore, world: ReturnType<typeof createWorld>, latencyMs: number): LimitStore {
  return {
    async reserve(reservation) {
      await world.sleep(latencyMs);
      const total = await store.reserve(reservation);
      await world.sleep(latencyMs);
      return total;
    },
  };
}

describe('five hundred environments with five calls a second each and 100,000 calls a day', () => {
  it('never pass the limit, strand at most 1 % of it although some end on the way, and write about every 5 s', async () => {
    const SHARE = 100_000;
    const world = createWorld();
    const store = createMemoryLimitStore();
    const caller = { id: CALLER, limits: { perDay: SHARE } };
    const cold = (n: number) => createCallLimiter({ store: distant(store, world, 1 + (n % 9)), clock: world });
    const environments = Array.from({ length: 500 }, (_, n) => ({
      limiter: cold(n),
      phase: (n * 37) % 200,
      refused: false,
    }));
    let admitted = 0;
    const call = async (environment: (typeof environments)[number]) => {
      const usedUp = await environment.limiter.admit(caller);
      if (usedUp === undefined) admitted += 1;
      else environment.refused = true;
    };
    const calls: Promise<void>[] = [];
    const writesAt = new Map<number, number>();
    for (let elapsed = 0; elapsed < 60_000; elapsed += 1) {
      // Each of these takes what it holds with it.
      if (elapsed === 20_000) for (const [n, each] of environments.entries()) if (n % 20 === 0) each.limiter = cold(n);
      for (const environment of environments.filter(({ phase }) => phase === elapsed % 200)) {
        calls.push(call(environment));
      }
      await world.tick();
      if (elapsed % 5_000 === 0) writesAt.set(elapsed, store.writes);
      expect(admitted).toBeLessThanOrEqual(SHARE);
    }
    await Promise.all(calls);

    expect(store.reserved(CALLER, TODAY)).toBe(SHARE);
    expect(admitted).toBeGreaterThanOrEqual(SHARE * 0.99);
    // Between the first seconds, in which blocks grow, and the last 5 %, in which there are none.
    const writes = (writesAt.get(35_000) ?? 0) - (writesAt.get(10_000) ?? 0);
    expect(writes).toBeLessThanOrEqual(500 * (25 / 5 + 1));
    // Once all have heard of it, the end of the share costs no more writes.
    expect(environments.every(({ refused }) => refused)).toBe(true);
    expect(store.writes).toBe(writesAt.get(55_000));
  });
});

/** A table that may lose the answer to a write that it did, or fail before it. */
function unreliable(store: LimitStore, outcomes: Iterator<'ok' | 'lost' | 'failed'>): LimitStore {
  return {
    async reserve(reservation) {
      const outcome = outcomes.next().value ?? 'ok';
      if (outcome === 'failed') throw new Error('the table does not answer');
      const total = await store.reserve(reservation);
      if (outcome === 'lost') throw new Error('the answer was lost');
      return total;
    },
  };
}

interface Step {
  readonly environment: number;
  readonly afterMs: number;
  readonly concurrent: number;
  readonly isNew: boolean;
}

const steps = fc.array(
  fc.record<Step>({
    environment: fc.nat(4),
    afterMs: fc.oneof(fc.nat(300), fc.nat(60_000)),
    concurrent: fc.integer({ min: 1, max: 4 }),
    isNew: fc.boolean(),
  }),
  { minLength: 1, maxLength: 150 },
);
const limits = fc.record<CallerLimits>(
  { perMinute: fc.integer({ min: 1, max: 300 }), perDay: fc.integer({ min: 1, max: 2_000 }) },
  { requiredKeys: [] },
);
const outcomes = fc.infiniteStream(fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'lost', 'failed'));

describe('limits, whatever environments come and go and the table does', () => {
  it('are never passed in any minute or day, by any clock', async () => {
    await fc.assert(
      fc.asyncProperty(steps, limits, outcomes, fc.array(fc.integer({ min: -90_000, max: 90_000 })), async (...run) => {
        const [history, callerLimits, tableOutcomes, skews] = run;
        let now = NOON + 11 * 3_600_000;
        const store = createMemoryLimitStore();
        const admitted = new Map<string, number>();
        const limiterOf = (n: number) =>
          createCallLimiter({
            store: unreliable(store, tableOutcomes),
            clock: { now: () => now + (skews[n] ?? 0) },
          });
        const environments = new Map<number, CallLimiter>();
        const call = async (limiter: CallLimiter, at: number): Promise<void> => {
          const usedUp = await limiter.admit({ id: CALLER, limits: callerLimits }).catch(() => 'unknown');
          if (usedUp !== undefined) return;
          for (const { id } of limitWindows(callerLimits, at)) admitted.set(id, (admitted.get(id) ?? 0) + 1);
        };
        for (const { environment, afterMs, concurrent, isNew } of history) {
          now += afterMs;
          const known = isNew ? undefined : environments.get(environment);
          const limiter = known ?? limiterOf(environment);
          environments.set(environment, limiter);
          const at = now + (skews[environment] ?? 0);
          await Promise.all(Array.from({ length: concurrent }, async () => call(limiter, at)));
        }
        for (const [id, calls] of admitted) {
          const share = id.startsWith('DAY') ? callerLimits.perDay : callerLimits.perMinute;
          expect(calls).toBeLessThanOrEqual(store.reserved(CALLER, id));
          expect(calls).toBeLessThanOrEqual(share ?? 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are used up to the last call by those who call until they are refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(400), { minLength: 1, maxLength: 20 }),
        async (perDay, count, pauses) => {
          let now = NOON;
          const store = createMemoryLimitStore();
          const limiters = Array.from({ length: count }, () => createCallLimiter({ store, clock: { now: () => now } }));
          let admitted = 0;
          let refusedInARow = 0;
          for (let n = 0; refusedInARow < count; n += 1) {
            now += pauses[n % pauses.length] ?? 0;
            const usedUp = await limiters[n % count]?.admit({ id: CALLER, limits: { perDay } });
            refusedInARow = usedUp === undefined ? 0 : refusedInARow + 1;
            if (usedUp === undefined) admitted += 1;
          }
          expect(admitted).toBe(perDay);
        },
      ),
      { numRuns: 100 },
    );
  });
});

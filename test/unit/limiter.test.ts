import { beforeEach, describe, expect, it } from 'vitest';
import type { CallerLimits } from '#shared/caller/caller.ts';
import type { LimitStore, Reservation } from '#shared/caller/limit-store.ts';
import { limitWindows } from '#shared/caller/limit-window.ts';
import { createCallLimiter } from '#shared/caller/limiter.ts';
import { createMemoryLimitStore, type MemoryLimitStore } from '../memory-limit-store.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';

const MIDNIGHT_UTC8 = Date.UTC(2026, 10, 20, 16);

let clock: MovableClock;
let store: MemoryLimitStore;
let reservations: Reservation[];

beforeEach(() => {
  clock = createMovableClock();
  store = createMemoryLimitStore();
  reservations = [];
});

const watched: LimitStore = {
  async reserve(reservation) {
    reservations.push(reservation);
    return store.reserve(reservation);
  },
};

const environment = () => createCallLimiter({ store: watched, clock });
const callerWith = (limits: CallerLimits) => ({ id: 'caller00', limits });
const sizes = () => reservations.map(({ calls }) => calls);

/** Calls that are all let in, so many milliseconds apart. */
async function callEvery(
  limiter: ReturnType<typeof environment>,
  limits: CallerLimits,
  pauseMs: number,
  times: number,
): Promise<void> {
  for (let call = 0; call < times; call += 1) {
    expect(await limiter.admit(callerWith(limits))).toBeUndefined();
    await clock.advance(pauseMs);
  }
}

describe('the windows of a limit', () => {
  it('are the minute and, first, the day in UTC+8', () => {
    const windows = limitWindows({ perMinute: 5, perDay: 50 }, MIDNIGHT_UTC8 - 1);
    expect(windows).toEqual([
      { id: 'DAY#20261120', endsAt: MIDNIGHT_UTC8, share: 50, usedUp: 'day-limit' },
      { id: 'MINUTE#2026-11-20T15:59', endsAt: MIDNIGHT_UTC8, share: 5, usedUp: 'minute-limit' },
    ]);
    expect(limitWindows({ perDay: 50 }, MIDNIGHT_UTC8).map(({ id }) => id)).toEqual(['DAY#20261121']);
  });

  it('are none where there is no limit', () => {
    expect(limitWindows({}, MIDNIGHT_UTC8)).toEqual([]);
  });
});

describe('a caller without limits', () => {
  it.each([[{ id: 'caller00' }], [callerWith({})]])('costs nothing: %j', async (caller) => {
    const limiter = environment();
    for (let call = 0; call < 10; call += 1) expect(await limiter.admit(caller)).toBeUndefined();
    expect(reservations).toEqual([]);
  });
});

describe('a caller with limits', () => {
  it('is refused when its minute is used up, and let in again in the next', async () => {
    const limiter = environment();
    const caller = callerWith({ perMinute: 2 });
    expect(await limiter.admit(caller)).toBeUndefined();
    expect(await limiter.admit(caller)).toBeUndefined();
    expect(await limiter.admit(caller)).toBe('minute-limit');
    await clock.advance(60_000);
    expect(await limiter.admit(caller)).toBeUndefined();
  });

  it('is refused when its day is used up, and let in again after midnight in UTC+8', async () => {
    const limiter = environment();
    const caller = callerWith({ perDay: 1 });
    expect(await limiter.admit(caller)).toBeUndefined();
    clock.set(MIDNIGHT_UTC8 - 1);
    expect(await limiter.admit(caller)).toBe('day-limit');
    clock.set(MIDNIGHT_UTC8);
    expect(await limiter.admit(caller)).toBeUndefined();
  });

  it('shares them between all environments', async () => {
    const caller = callerWith({ perMinute: 2 });
    expect(await environment().admit(caller)).toBeUndefined();
    expect(await environment().admit(caller)).toBeUndefined();
    expect(await environment().admit(caller)).toBe('minute-limit');
  });

  it('costs no write once it is refused, until the window ends', async () => {
    const limiter = environment();
    const caller = callerWith({ perMinute: 3, perDay: 1_000 });
    for (let call = 0; call < 4; call += 1) await limiter.admit(caller);
    const { writes } = store;
    for (let call = 0; call < 20; call += 1) expect(await limiter.admit(caller)).toBe('minute-limit');
    expect(store.writes).toBe(writes);
  });

  it('is not counted in its day when its minute refuses it', async () => {
    const limiter = environment();
    const caller = callerWith({ perMinute: 1, perDay: 4 });
    for (let minute = 0; minute < 3; minute += 1) {
      expect(await limiter.admit(caller)).toBeUndefined();
      expect(await limiter.admit(caller)).toBe('minute-limit');
      await clock.advance(60_000);
    }
    expect(await limiter.admit(caller)).toBeUndefined();
    expect(await limiter.admit(caller)).toBe('day-limit');
  });

  it('is let in as soon as its limit is raised', async () => {
    const limiter = environment();
    await limiter.admit(callerWith({ perDay: 1 }));
    expect(await limiter.admit(callerWith({ perDay: 1 }))).toBe('day-limit');
    expect(await limiter.admit(callerWith({ perDay: 2 }))).toBeUndefined();
    expect(await limiter.admit(callerWith({ perDay: 2 }))).toBe('day-limit');
  });

  it('does not hinder another', async () => {
    const limiter = environment();
    await limiter.admit(callerWith({ perDay: 1 }));
    expect(await limiter.admit(callerWith({ perDay: 1 }))).toBe('day-limit');
    expect(await limiter.admit({ id: 'caller01', limits: { perDay: 1 } })).toBeUndefined();
  });
});

describe('a block', () => {
  it('grows to the use of 5 s and stays there', async () => {
    await callEvery(environment(), { perDay: 100_000 }, 200, 100);
    expect(sizes()).toEqual([1, 2, 4, 8, 16, 25, 25, 25]);
  });

  it('is at most 1 % of the share', async () => {
    await callEvery(environment(), { perDay: 1_000 }, 1, 100);
    expect(Math.max(...sizes())).toBe(10);
  });

  it('is one call for who calls less often than every 5 s', async () => {
    await callEvery(environment(), { perDay: 100_000 }, 5_000, 10);
    expect(sizes()).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('is one call in the last 5 % of the share', async () => {
    await callEvery(environment(), { perDay: 1_000 }, 1, 1_000);
    const before = reservations.findLastIndex(({ calls }) => calls > 1);
    const blocks = sizes().slice(0, before + 1);
    expect(blocks.reduce((sum, calls) => sum + calls, 0)).toBeLessThanOrEqual(950);
    expect(
      sizes()
        .slice(before + 1)
        .filter((calls) => calls === 1).length,
    ).toBeGreaterThanOrEqual(50);
  });

  it('is reserved once for all who wait at the same time', async () => {
    const limiter = environment();
    await Promise.all(Array.from({ length: 4 }, async () => limiter.admit(callerWith({ perDay: 100_000 }))));
    expect(sizes().reduce((sum, calls) => sum + calls, 0)).toBeLessThanOrEqual(8);
    expect(store.writes).toBeLessThanOrEqual(3);
  });

  it('shrinks when time went back, instead of counting calls of the future', async () => {
    const limiter = environment();
    await callEvery(limiter, { perDay: 100_000 }, 200, 100);
    clock.set(clock.now() - 60_000);
    const before = reservations.length;
    await callEvery(limiter, { perDay: 100_000 }, 200, 50);
    expect(Math.max(...sizes().slice(before))).toBeLessThanOrEqual(25);
  });
});

describe('a table that does not answer', () => {
  it('keeps a caller with limits from being let in, and the call is not counted', async () => {
    let answers = true;
    const flaky: LimitStore = {
      reserve: async (reservation) => {
        if (!answers) throw new Error('the table does not answer');
        return store.reserve(reservation);
      },
    };
    const limiter = createCallLimiter({ store: flaky, clock });
    const caller = callerWith({ perMinute: 10, perDay: 2 });
    answers = false;
    await expect(limiter.admit(caller)).rejects.toThrow('the table does not answer');
    answers = true;
    expect(await limiter.admit(caller)).toBeUndefined();
    expect(await limiter.admit(caller)).toBeUndefined();
    expect(await limiter.admit(caller)).toBe('day-limit');
  });

  it('gives back what the day had given when the minute cannot be asked', async () => {
    const minuteFails: LimitStore = {
      reserve: async (reservation) => {
        if (reservation.window.id.startsWith('MINUTE')) throw new Error('the table does not answer');
        return watched.reserve(reservation);
      },
    };
    const limiter = createCallLimiter({ store: minuteFails, clock });
    for (let call = 0; call < 3; call += 1) {
      await expect(limiter.admit(callerWith({ perMinute: 10, perDay: 5 }))).rejects.toThrow('the table');
    }
    expect(sizes()).toEqual([1]);
  });

  it('does not matter while calls are held', async () => {
    let answers = true;
    const flaky: LimitStore = {
      reserve: async (reservation) => {
        if (!answers) throw new Error('the table does not answer');
        return store.reserve(reservation);
      },
    };
    const limiter = createCallLimiter({ store: flaky, clock });
    await limiter.admit(callerWith({ perDay: 100_000 }));
    await limiter.admit(callerWith({ perDay: 100_000 }));
    answers = false;
    expect(await limiter.admit(callerWith({ perDay: 100_000 }))).toBeUndefined();
    await expect(limiter.admit(callerWith({ perDay: 100_000 }))).rejects.toThrow('the table does not answer');
  });
});

describe('an environment with very many callers', () => {
  it('forgets the one that was used longest ago, and the limit still holds', async () => {
    const limiter = environment();
    const first = { id: 'first000', limits: { perDay: 2 } };
    await limiter.admit(first);
    for (let n = 0; n < 1_000; n += 1) await limiter.admit({ id: `caller${n}`, limits: { perDay: 1 } });
    expect(await limiter.admit(first)).toBeUndefined();
    expect(await limiter.admit(first)).toBe('day-limit');
  });
});

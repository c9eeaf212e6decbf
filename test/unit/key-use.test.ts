import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyUseRecorder, notingKeyUse } from '#shared/caller/key-use.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';

const HOUR_MS = 3_600_000;
/** The clock starts at the beginning of an hour. */
const HOUR = Date.UTC(2026, 10, 20, 4);

let clock: MovableClock;
let writes: [callerId: string, keyId: string, hour: number][];
let errors: [keyId: string, error: unknown][];
let lastUsed: ReadonlyMap<string, number>;

beforeEach(() => {
  clock = createMovableClock();
  writes = [];
  lastUsed = new Map();
  errors = [];
});

const recorder = (fails?: Error) =>
  createKeyUseRecorder({
    clock,
    store: {
      lastUsedAt: async () => lastUsed,
      async markUsed(...use) {
        writes.push(use);
        if (fails !== undefined) throw fails;
      },
    },
    onError: (...error) => errors.push(error),
  });

describe('the uses of keys', () => {
  it('are noted once an hour per key', async () => {
    const keyUse = recorder();
    await keyUse.note('caller00', 'key1');
    await clock.advance(HOUR_MS - 1);
    await keyUse.note('caller00', 'key1');
    await keyUse.note('caller00', 'key2');
    await clock.advance(1);
    await keyUse.note('caller00', 'key1');
    expect(writes).toEqual([
      ['caller00', 'key1', HOUR],
      ['caller00', 'key2', HOUR],
      ['caller00', 'key1', HOUR + HOUR_MS],
    ]);
  });

  it('are noted once by all calls at the same time', async () => {
    const keyUse = recorder();
    await Promise.all(Array.from({ length: 10 }, async () => keyUse.note('caller00', 'key1')));
    expect(writes).toHaveLength(1);
  });

  it('fail no call when they cannot be stored, and are not tried again in the same hour', async () => {
    const error = new Error('the table does not answer');
    const keyUse = recorder(error);
    await keyUse.note('caller00', 'key1');
    await keyUse.note('caller00', 'key1');
    expect(errors).toEqual([['key1', error]]);
    expect(writes).toHaveLength(1);
  });

  it('are remembered for a thousand keys and no more', async () => {
    const keyUse = recorder();
    for (let n = 0; n <= 1_000; n += 1) await keyUse.note('caller00', `key${n}`);
    await keyUse.note('caller00', 'key1000');
    expect(writes).toHaveLength(1_001);
    await keyUse.note('caller00', 'key0');
    expect(writes).toHaveLength(1_002);
  });
});

const unreadable = () => Promise.reject(new Error('the table does not answer'));

describe('uses that were read ahead', () => {
  it('are not noted again in their hour, by whichever environment they were noted', async () => {
    lastUsed = new Map([['key1', HOUR]]);
    const keyUse = recorder();
    keyUse.readAhead('caller00');
    await keyUse.note('caller00', 'key1');
    expect(writes).toEqual([]);
    await clock.advance(HOUR_MS);
    await keyUse.note('caller00', 'key1');
    expect(writes).toEqual([['caller00', 'key1', HOUR + HOUR_MS]]);
  });

  it.each([
    ['an older hour', new Map([['key1', HOUR - HOUR_MS]])],
    ['another key', new Map([['key2', HOUR]])],
    ['nothing', new Map<string, number>()],
  ])('are noted when what was read is %s', async (_, read) => {
    lastUsed = read;
    const keyUse = recorder();
    keyUse.readAhead('caller00');
    await keyUse.note('caller00', 'key1');
    expect(writes).toEqual([['caller00', 'key1', HOUR]]);
  });

  it('are read once an hour per caller', async () => {
    const reads: string[] = [];
    const lastUsedAt = async (callerId: string) => {
      reads.push(callerId);
      return lastUsed;
    };
    const store = { lastUsedAt, markUsed: async (...use: (typeof writes)[number]) => void writes.push(use) };
    const keyUse = createKeyUseRecorder({ clock, store, onError: () => undefined });
    for (const callerId of ['caller00', 'caller01', 'caller00']) keyUse.readAhead(callerId);
    expect(reads).toEqual(['caller00', 'caller01']);
    await clock.advance(HOUR_MS);
    keyUse.readAhead('caller00');
    expect(reads).toEqual(['caller00', 'caller01', 'caller00']);
  });

  it('are noted when they cannot be read', async () => {
    const store = {
      lastUsedAt: unreadable,
      markUsed: async (...use: (typeof writes)[number]) => void writes.push(use),
    };
    const keyUse = createKeyUseRecorder({ clock, store, onError: (...told) => errors.push(told) });
    keyUse.readAhead('caller00');
    await keyUse.note('caller00', 'key1');
    expect(writes).toEqual([['caller00', 'key1', HOUR]]);
    expect(errors).toEqual([]);
  });
});

describe('noting the use of a key beside the work', () => {
  const use = { caller: { id: 'caller00' }, keyId: 'key1' };

  it('holds nothing up, and is done before the outcome is handed on', async () => {
    const order: string[] = [];
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    const keyUse = { note: () => stored.then(() => void order.push('noted')) };
    const outcome = notingKeyUse(keyUse, use, async () => {
      order.push('worked');
      store();
      return 'done';
    });
    expect(await outcome).toBe('done');
    expect(order).toEqual(['worked', 'noted']);
  });

  it('hands the failure of the work on', async () => {
    const broken = new Error('broken');
    await expect(notingKeyUse(recorder(), use, () => Promise.reject(broken))).rejects.toBe(broken);
    expect(writes).toEqual([['caller00', 'key1', HOUR]]);
  });
});

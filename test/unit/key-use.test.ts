import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyUseRecorder, notingKeyUse } from '#shared/caller/key-use.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';

const HOUR_MS = 3_600_000;
/** The clock starts at the beginning of an hour. */
const HOUR = Date.UTC(2026, 10, 20, 4);

let clock: MovableClock;
let writes: [callerId: string, keyId: string, hour: number][];
let errors: [keyId: string, error: unknown][];

beforeEach(() => {
  clock = createMovableClock();
  writes = [];
  errors = [];
});

const recorder = (fails?: Error) =>
  createKeyUseRecorder({
    clock,
    store: {
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

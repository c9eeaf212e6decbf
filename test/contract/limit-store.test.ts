import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoLimitStore } from '#shared/caller/limit-store.dynamodb.ts';
import type { LimitStore } from '#shared/caller/limit-store.ts';
import { createCallLimiter } from '#shared/caller/limiter.ts';
import { limitKey } from '#shared/table/keys.ts';
import { createMemoryLimitStore } from '../memory-limit-store.ts';
import { createMovableClock } from '../movable-clock.ts';
import { clientOf, type EngineUnderTest, onEveryEngine, TABLE } from './every-engine.ts';

const DAY_END = Date.UTC(2026, 10, 20, 16);
const window = { id: 'DAY#20261120', endsAt: DAY_END };

let callers = 0;

function newCallerId(): string {
  callers += 1;
  return `caller${String(callers).padStart(2, '0')}`;
}

async function itemOf({ client }: EngineUnderTest, callerId: string, windowId: string) {
  const { pk, sk } = limitKey(callerId, windowId);
  const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: { pk: { S: pk }, sk: { S: sk } } }));
  return Item;
}

describe('a limit store', () => {
  describe('in memory', () => {
    keepsLimits(createMemoryLimitStore);
  });
  onEveryEngine((engine) => keepsLimits(() => createDynamoLimitStore(engine().client, TABLE)));
});

function keepsLimits(createStore: () => LimitStore): void {
  it('tells what the reservations come to', async () => {
    const store = createStore();
    const callerId = newCallerId();
    expect(await store.reserve({ callerId, window, calls: 7, most: 10 })).toBe(7);
    expect(await store.reserve({ callerId, window, calls: 3, most: 10 })).toBe(10);
  });

  it('reserves all the calls or none', async () => {
    const store = createStore();
    const callerId = newCallerId();
    await store.reserve({ callerId, window, calls: 7, most: 10 });
    expect(await store.reserve({ callerId, window, calls: 4, most: 10 })).toBeUndefined();
    expect(await store.reserve({ callerId, window, calls: 3, most: 10 })).toBe(10);
    expect(await store.reserve({ callerId, window, calls: 1, most: 10 })).toBeUndefined();
  });

  it('refuses a first reservation of more than there may be', async () => {
    const store = createStore();
    const callerId = newCallerId();
    expect(await store.reserve({ callerId, window, calls: 11, most: 10 })).toBeUndefined();
    expect(await store.reserve({ callerId, window, calls: 10, most: 10 })).toBe(10);
  });

  it('keeps callers and windows apart', async () => {
    const store = createStore();
    const callerId = newCallerId();
    await store.reserve({ callerId, window, calls: 10, most: 10 });
    expect(await store.reserve({ callerId: newCallerId(), window, calls: 1, most: 10 })).toBe(1);
    const next = { id: 'DAY#20261121', endsAt: DAY_END + 86_400_000 };
    expect(await store.reserve({ callerId, window: next, calls: 1, most: 10 })).toBe(1);
  });
}

describe('limits in the table', () => {
  onEveryEngine((engine) => {
    it('hold nothing but a count, and end a day after their window', async () => {
      const callerId = newCallerId();
      await createDynamoLimitStore(engine().client, TABLE).reserve({ callerId, window, calls: 2, most: 10 });
      expect(await itemOf(engine(), callerId, window.id)).toEqual({
        pk: { S: `USAGE#${callerId}` },
        sk: { S: window.id },
        reservedCalls: { N: '2' },
        removeAfter: { N: String(DAY_END / 1_000 + 86_400) },
      });
    });

    it("are nobody's when the table cannot be written", async () => {
      const reservation = { callerId: newCallerId(), window, calls: 1, most: 10 };
      await expect(createDynamoLimitStore(engine().client, 'no-such-table').reserve(reservation)).rejects.toThrow(
        expect.objectContaining({ name: 'ResourceNotFoundException' }),
      );
    });

    it('hold when two hundred clients reserve at once', async () => {
      const callerId = newCallerId();
      const clients = Array.from({ length: 200 }, () => clientOf(engine().endpoint));
      const totals = await Promise.all(
        clients.map((each) => createDynamoLimitStore(each, TABLE).reserve({ callerId, window, calls: 7, most: 1_000 })),
      );
      for (const each of clients) each.destroy();
      const won = totals.filter((total) => total !== undefined);
      expect(won.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 142 }, (_, n) => (n + 1) * 7));
      expect((await itemOf(engine(), callerId, window.id))?.['reservedCalls']).toEqual({ N: '994' });
    });

    it('are used up to the last call by forty environments that call until they are refused', async () => {
      const clock = createMovableClock();
      const caller = { id: newCallerId(), limits: { perDay: 1_000 } };
      const admitted = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const own = clientOf(engine().endpoint);
          const limiter = createCallLimiter({ store: createDynamoLimitStore(own, TABLE), clock });
          let calls = 0;
          while ((await limiter.admit(caller)) === undefined) calls += 1;
          own.destroy();
          return calls;
        }),
      );
      expect(admitted.reduce((sum, calls) => sum + calls, 0)).toBe(1_000);
    });
  });
});

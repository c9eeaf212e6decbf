import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { countsKey } from '#shared/table/keys.ts';
import { callsByEndpoint, type DayUsage } from '#shared/usage/day-usage.ts';
import { readUsage } from '#shared/usage/read-usage.ts';
import { createUsageRecorder } from '#shared/usage/usage-recorder.ts';
import { createDynamoUsageStore } from '#shared/usage/usage-store.dynamodb.ts';
import type { UsageStore } from '#shared/usage/usage-store.ts';
import { createMovableClock } from '../movable-clock.ts';
import { type CuttingProxy, type Play, startCuttingProxy } from './cutting-proxy.ts';
import { clientOf, onEveryEngine, TABLE } from './every-engine.ts';
import { newAppId } from './token-store-subject.ts';

const USER = '/cgi-bin/user/info';
const DAY = '20261120';
/** Noon in UTC+8. */
const NOON = Date.UTC(2026, 10, 20, 4);
const DAY_MS = 86_400_000;

const usageOf = (calls: number): DayUsage => ({
  rows: [
    {
      caller: 'caller01',
      endpoint: USER,
      calls,
      errors: 1,
      refused: 0,
      requestBytes: 3,
      answerBytes: 4,
      errcodes: { '40003': 1 },
      refusals: {},
    },
  ],
  hours: { '12': { calls, errors: 1, refused: 0, errcodes: { '40003': 1 }, endpoints: { [USER]: calls } } },
});
const put = (store: UsageStore, appId: string, countedBy: string, sequence: number, calls: number) =>
  store.put({ appId, day: DAY, countedBy, sequence, usage: usageOf(calls) });

const NO_HOUR = { calls: 0, errors: 0, refused: 0, errcodes: {}, endpoints: {} };
// Each of them some 8 KB that no compression makes smaller: a page of a query ends after 1 MB.
const bulky = (n: number): DayUsage => ({
  ...usageOf(1),
  hours: {
    [`${n}-${Array.from({ length: 250 }, () => crypto.randomUUID()).join('')}`]: usageOf(1).hours['12'] ?? NO_HOUR,
  },
});

describe('the store of usage', () => {
  onEveryEngine((engine) => {
    const createStore = () => createDynamoUsageStore(engine().client, TABLE);
    const callsIn = async (appId: string, day = DAY) =>
      callsByEndpoint((await createStore().sum(appId, day)).usage).get(USER) ?? 0;

    it('knows of no calls where there were none', async () => {
      const nothing = { usage: { rows: [], hours: {} }, environments: 0 };
      expect(await createStore().sum(newAppId(), DAY)).toEqual(nothing);
      expect(await createStore().keptSum(newAppId(), DAY)).toBeUndefined();
    });

    it('gives back what one environment counted, and sums up what several did', async () => {
      const appId = newAppId();
      await put(createStore(), appId, 'one', 1, 5);
      expect(await createStore().sum(appId, DAY)).toEqual({ usage: usageOf(5), environments: 1 });
      await put(createStore(), appId, 'two', 1, 7);
      const { usage, environments } = await createStore().sum(appId, DAY);
      expect(environments).toBe(2);
      expect(usage.rows).toEqual([
        { ...usageOf(12).rows[0], errors: 2, requestBytes: 6, answerBytes: 8, errcodes: { '40003': 2 } },
      ]);
      expect(usage.hours['12']).toEqual({
        calls: 12,
        errors: 2,
        refused: 0,
        errcodes: { '40003': 2 },
        endpoints: { [USER]: 12 },
      });
    });

    it('takes the later of two writes, in whichever order they arrive', async () => {
      const appId = newAppId();
      await put(createStore(), appId, 'one', 2, 9);
      await put(createStore(), appId, 'one', 1, 5);
      expect(await callsIn(appId)).toBe(9);
      await put(createStore(), appId, 'one', 3, 10);
      expect(await callsIn(appId)).toBe(10);
    });

    it('keeps accounts and days apart', async () => {
      const appId = newAppId();
      await put(createStore(), appId, 'one', 1, 5);
      await put(createStore(), newAppId(), 'one', 1, 5);
      await createStore().put({ appId, day: '20261121', countedBy: 'one', sequence: 1, usage: usageOf(3) });
      expect([await callsIn(appId), await callsIn(appId, '20261121')]).toEqual([5, 3]);
    });

    it('reads what hundreds of environments have counted over several pages', async () => {
      const appId = newAppId();
      const names = Array.from({ length: 200 }, (_, n) => `environment${n}`);
      await Promise.all(
        names.map((countedBy, n) => createStore().put({ appId, day: DAY, countedBy, sequence: 1, usage: bulky(n) })),
      );
      expect((await createStore().sum(appId, DAY)).environments).toBe(200);
    });

    it('lets the table remove counts 95 days after their day', async () => {
      const appId = newAppId();
      await put(createStore(), appId, 'one', 1, 5);
      const { pk, sk } = countsKey(appId, DAY, 'one');
      const { Item } = await engine().client.send(
        new GetItemCommand({ TableName: TABLE, Key: { pk: { S: pk }, sk: { S: sk } } }),
      );
      expect(Item?.['removeAfter']).toEqual({ N: String(Date.UTC(2026, 10, 20, 16) / 1_000 + 95 * 86_400) });
    });

    it('is read once in full for a day that is over for good, and then by its sum', async () => {
      const appId = newAppId();
      await put(createStore(), appId, 'one', 1, 5);
      const read = async (now: number) =>
        callsByEndpoint((await readUsage(createStore(), appId, DAY, now)).usage).get(USER) ?? 0;
      expect(await read(NOON)).toBe(5);
      // An environment may still wake up and store what it held.
      expect(await read(NOON + DAY_MS)).toBe(5);
      await put(createStore(), appId, 'two', 1, 2);
      expect(await read(NOON + 2 * DAY_MS)).toBe(7);
      expect(await createStore().keptSum(appId, DAY)).toMatchObject({ environments: 2 });
      // Nobody does any more; this only shows where the sum is from.
      await put(createStore(), appId, 'three', 1, 100);
      expect(await read(NOON + 3 * DAY_MS)).toBe(7);
    });

    it("passes on the engine's error when the table cannot be reached", async () => {
      const elsewhere = createDynamoUsageStore(engine().client, 'no-such-table');
      const notFound = expect.objectContaining({ name: 'ResourceNotFoundException' });
      await expect(put(elsewhere, newAppId(), 'one', 1, 1)).rejects.toThrow(notFound);
      await expect(elsewhere.sum(newAppId(), DAY)).rejects.toThrow(notFound);
      await expect(elsewhere.keptSum(newAppId(), DAY)).rejects.toThrow(notFound);
    });

    describe('behind a connection that fails', () => {
      it.each<[string, Play[]]>([
        ['the answer is lost', ['lose-answer']],
        ['the request is lost', ['lose-request']],
        ['the answer breaks off', ['half-answer']],
        ['the answer says 500 although the work is done', ['status-500']],
        ['all three tries are lost after the work is done', ['lose-answer', 'lose-answer', 'lose-answer']],
        ['all three tries are lost before it', ['lose-request', 'lose-request', 'lose-request']],
      ])('nothing is counted twice or lost when %s', async (_what, plays) => {
        await behindProxy(engine().endpoint, async (proxy, { appId, count, flushAfter, errors }) => {
          count(10);
          proxy.play(...plays);
          await flushAfter(5_000);
          expect(errors).toHaveLength(plays.length === 3 ? 1 : 0);
          count(5);
          await flushAfter(5_000);
          expect(await callsIn(appId)).toBe(15);
        });
      });
    });
  });
});

type RecorderScene = ReturnType<typeof recorderScene>;

function recorderScene(store: UsageStore) {
  const clock = createMovableClock(NOON);
  const errors: unknown[] = [];
  const recorder = createUsageRecorder({
    store,
    clock,
    newName: () => crypto.randomUUID(),
    onFlushed: async () => undefined,
    onError: (_appId, error) => void errors.push(error),
  });
  const appId = newAppId();
  return {
    appId,
    errors,
    count: (calls: number): void => {
      const answer = { status: 200, errcode: 0, bytes: 1 };
      for (let call = 0; call < calls; call += 1) {
        recorder.count({ appId, callerId: 'caller01', path: USER, requestBytes: 0, answer });
      }
    },
    flushAfter: async (durationMs: number): Promise<void> => {
      clock.set(clock.now() + durationMs);
      await recorder.flush();
    },
  };
}

async function behindProxy(
  endpoint: string,
  work: (proxy: CuttingProxy, recorder: RecorderScene) => Promise<void>,
): Promise<void> {
  const proxy = await startCuttingProxy(endpoint);
  const client = clientOf(proxy.endpoint);
  try {
    await work(proxy, recorderScene(createDynamoUsageStore(client, TABLE)));
  } finally {
    client.destroy();
    await proxy.close();
  }
}

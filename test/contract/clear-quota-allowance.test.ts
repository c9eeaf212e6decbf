import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoClearQuotaAllowances } from '#shared/account/clear-quota-allowance.dynamodb.ts';
import type { TakenClear } from '#shared/account/clear-quota-allowance.ts';
import { clearQuotaKey } from '#shared/table/keys.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { clientOf, onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId } from './token-store-subject.ts';

const MONTH = '202611';
/** The last moment of November in UTC+8. */
const MONTH_END = Date.UTC(2026, 10, 30, 16) - 1;

describe("the allowance of an account's clears", () => {
  onEveryEngine((engine) => {
    const allowances = (client = engine().client) => createDynamoClearQuotaAllowances(client, TABLE);
    const itemOf = async (appId: string) => {
      const { pk, sk } = clearQuotaKey(appId, 'all', MONTH);
      const Key = { pk: { S: pk }, sk: { S: sk } };
      const { Item } = await engine().client.send(new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true }));
      return Item;
    };
    const taken = async (appId: string) => ((await itemOf(appId))?.['clears']?.SS ?? []).length;
    const take = async (appId: string, times: number): Promise<readonly TakenClear[]> => {
      const clears: TakenClear[] = [];
      for (let time = 0; time < times; time += 1) {
        const clear = await allowances().take(appId, 'all', NOW);
        if (clear !== undefined) clears.push(clear);
      }
      return clears;
    };

    it('is ten a month, each with an id of its own', async () => {
      const appId = newAppId();
      const clears = await take(appId, 10);
      expect(clears.every((clear) => clear.appId === appId && clear.month === MONTH)).toBe(true);
      expect(new Set(clears.map(({ id }) => id)).size).toBe(10);
      expect(await allowances().take(appId, 'all', NOW)).toBeUndefined();
      expect(await taken(appId)).toBe(10);
    });

    it('is fifty more for single endpoints, counted apart, and says what is left of both', async () => {
      const appId = newAppId();
      expect(await allowances().left(appId, NOW)).toEqual({ all: 10, endpoint: 50 });
      await take(appId, 1);
      const clears = await Promise.all(Array.from({ length: 51 }, () => allowances().take(appId, 'endpoint', NOW)));
      const [one, ...others] = clears.filter((clear) => clear !== undefined);
      expect(others).toHaveLength(49);
      expect(await allowances().left(appId, NOW)).toEqual({ all: 9, endpoint: 0 });
      if (one !== undefined) await allowances().giveBack(one);
      expect(await allowances().left(appId, NOW)).toEqual({ all: 9, endpoint: 1 });
      expect(await allowances().left(appId, MONTH_END + 1)).toEqual({ all: 10, endpoint: 50 });
    });

    it('is one of its own per account', async () => {
      await take(newAppId(), 10);
      expect(await take(newAppId(), 1)).toHaveLength(1);
    });

    it('begins anew with the month in UTC+8, not in UTC', async () => {
      const appId = newAppId();
      await take(appId, 10);
      expect(await allowances().take(appId, 'all', MONTH_END)).toBeUndefined();
      expect(await allowances().take(appId, 'all', MONTH_END + 1)).toMatchObject({ appId, month: '202612' });
    });

    it('has one more after one was given back, once however often that is said', async () => {
      const appId = newAppId();
      const [first] = await take(appId, 10);
      if (first === undefined) throw new Error('nothing was taken');
      await allowances().giveBack(first);
      await allowances().giveBack(first);
      expect(await taken(appId)).toBe(9);
      expect(await take(appId, 2)).toHaveLength(1);
    });

    it('is whole again when the only clear is given back', async () => {
      const appId = newAppId();
      const [only] = await take(appId, 1);
      if (only === undefined) throw new Error('nothing was taken');
      await allowances().giveBack(only);
      expect(await take(appId, 11)).toHaveLength(10);
    });

    it('takes a clear back in the month it was taken in', async () => {
      const appId = newAppId();
      const clear = await allowances().take(appId, 'all', MONTH_END);
      if (clear === undefined) throw new Error('nothing was taken');
      await allowances().take(appId, 'all', MONTH_END + 1);
      await allowances().giveBack(clear);
      expect(await taken(appId)).toBe(0);
    });

    it('is never passed by forty clients at once', async () => {
      const appId = newAppId();
      const clients = Array.from({ length: 40 }, () => clientOf(engine().endpoint));
      const clears = await Promise.all(clients.map((client) => allowances(client).take(appId, 'all', NOW)));
      for (const client of clients) client.destroy();
      expect(clears.filter((clear) => clear !== undefined)).toHaveLength(10);
      expect(await taken(appId)).toBe(10);
    });

    it.each(['lose-answer', 'half-answer', 'status-500'] as const)(
      'counts once what was taken or given back when the answer is lost (%s)',
      async (play) => {
        const proxy = await startCuttingProxy(engine().endpoint);
        const client = clientOf(proxy.endpoint);
        const appId = newAppId();
        await take(appId, 9);
        proxy.play(play);
        const clear = await allowances(client).take(appId, 'all', NOW);
        if (clear === undefined) throw new Error('the last clear was refused to its own taker');
        expect(proxy.requests).toBe(2);
        expect(await taken(appId)).toBe(10);
        proxy.play(play);
        await allowances(client).giveBack(clear);
        expect(proxy.requests).toBe(2);
        expect(await taken(appId)).toBe(9);
        client.destroy();
        await proxy.close();
      },
    );

    it('holds nothing but ids, and is removed by the table after its month', async () => {
      const appId = newAppId();
      const clears = await take(appId, 2);
      const { removeAfter, clears: ids, ...rest } = (await itemOf(appId)) ?? {};
      expect(rest).toEqual({ pk: { S: `USAGE#${appId}` }, sk: { S: `CLEAR#${MONTH}` } });
      expect(ids?.SS?.toSorted()).toEqual(clears.map(({ id }) => id).toSorted());
      expect(Number(removeAfter?.N)).toBe((NOW + 92 * 86_400_000) / 1_000);
    });

    it("passes on the engine's error when the table cannot be written", async () => {
      const elsewhere = createDynamoClearQuotaAllowances(engine().client, 'no-such-table');
      const notFound = expect.objectContaining({ name: 'ResourceNotFoundException' });
      await expect(elsewhere.take(newAppId(), 'all', NOW)).rejects.toThrow(notFound);
      await expect(elsewhere.giveBack({ appId: newAppId(), kind: 'all', month: MONTH, id: 'x' })).rejects.toThrow(
        notFound,
      );
    });
  });
});

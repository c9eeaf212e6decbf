import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoKeyUseStore } from '#shared/caller/key-use.dynamodb.ts';
import { keyUseKey } from '#shared/table/keys.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';

const HOUR_MS = 3_600_000;
const HOUR = Date.UTC(2026, 10, 20, 4);

describe('the store of last uses', () => {
  onEveryEngine((engine) => {
    const store = () => createDynamoKeyUseStore(engine().client, TABLE);

    it('knows of no use where there was none', async () => {
      expect(await store().lastUsedAt('nobody00')).toEqual(new Map());
    });

    it('gives the last hour of every key of a caller', async () => {
      await store().markUsed('caller01', 'caller010000', HOUR);
      await store().markUsed('caller01', '0aller01Zz9_', HOUR + HOUR_MS);
      await store().markUsed('caller02', 'caller020000', HOUR);
      expect(await store().lastUsedAt('caller01')).toEqual(
        new Map([
          ['caller010000', HOUR],
          ['0aller01Zz9_', HOUR + HOUR_MS],
        ]),
      );
    });

    it('never goes back', async () => {
      for (const hour of [HOUR, HOUR + HOUR_MS, HOUR, HOUR + HOUR_MS])
        await store().markUsed('caller03', 'caller030000', hour);
      expect(await store().lastUsedAt('caller03')).toEqual(new Map([['caller030000', HOUR + HOUR_MS]]));
    });

    it('lets the table remove it 400 days after the last use', async () => {
      await store().markUsed('caller04', 'caller040000', HOUR);
      const { pk, sk } = keyUseKey('caller04');
      const { Item } = await engine().client.send(
        new GetItemCommand({ TableName: TABLE, Key: { pk: { S: pk }, sk: { S: sk } } }),
      );
      expect(Item?.['removeAfter']).toEqual({ N: String(HOUR / 1_000 + 400 * 86_400) });
    });

    it("passes on the engine's error when the table cannot be reached", async () => {
      const elsewhere = createDynamoKeyUseStore(engine().client, 'no-such-table');
      const notFound = expect.objectContaining({ name: 'ResourceNotFoundException' });
      await expect(elsewhere.markUsed('caller05', 'caller050000', HOUR)).rejects.toThrow(notFound);
      await expect(elsewhere.lastUsedAt('caller05')).rejects.toThrow(notFound);
    });
  });
});

import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { DYNAMODB_ENGINES } from '../dynamodb-engine.ts';
import { clientOf, onEveryEngine, TABLE } from './every-engine.ts';

const Key = { pk: { S: 'ACCOUNT#wx1' }, sk: { S: 'CURRENT' } };
const put = { TableName: TABLE, Item: { ...Key, note: { S: '你好' } } };
const putOnce = new PutItemCommand({
  ...put,
  ConditionExpression: 'attribute_not_exists(pk)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

describe('an engine that tests run on', () => {
  for (const engine of DYNAMODB_ENGINES) {
    it.skipIf(!engine.isThere)(
      `has databases that know nothing of one another, and closes one of them alone (${engine.name})`,
      async () => {
        const [first, second] = [await engine.start(TABLE), await engine.start(TABLE)];
        const [one, other] = [clientOf(first.endpoint), clientOf(second.endpoint)];
        await one.send(new PutItemCommand(put));
        expect((await other.send(new GetItemCommand({ TableName: TABLE, Key }))).Item).toBeUndefined();
        await second.close();
        await second.close();
        await expect(other.send(new GetItemCommand({ TableName: TABLE, Key }))).rejects.toThrow('ECONNREFUSED');
        expect((await one.send(new GetItemCommand({ TableName: TABLE, Key }))).Item).toEqual(put.Item);
        one.destroy();
        other.destroy();
        await first.close();
      },
    );
  }

  onEveryEngine((engine) => {
    it('listens on this machine only', () => {
      expect(engine().endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    });

    it('lets one of many conditional writers win, and tells the others so', async () => {
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => engine().client.send(putOnce)));
      const losers = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(losers).toHaveLength(19);
      expect(losers.every((error) => error instanceof ConditionalCheckFailedException)).toBe(true);
    });

    it('brings the old item with a failed condition, or none at all', async () => {
      await engine().client.send(new PutItemCommand(put));
      const failed = engine().client.send(putOnce);
      await expect(failed).rejects.toMatchObject({ Item: engine().returnsOldItem ? put.Item : undefined });
      await expect(failed).rejects.toThrow(ConditionalCheckFailedException);
    });
  });
});

import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { clearQuotaKey } from '../table/keys.ts';
import { TABLE_SCHEMA } from '../table/table-definition.dynamodb.ts';
import { quotaDay } from '../wechat/quota-day.ts';
import { CLEARS_PER_MONTH, type ClearQuotaAllowances, type TakenClear } from './clear-quota-allowance.ts';

/** Long past its month an item is of no more use. */
const KEPT_MS = 92 * 86_400_000;
const YYYYMM_LENGTH = 6;
// The SDK repeats a write whose answer was lost; an id that is already there is the same clear and no other.
const LEFT = 'attribute_not_exists(clears) OR size(clears) < :allowance OR contains(clears, :id)';

/** {@link ClearQuotaAllowances} in the one DynamoDB table: an item per account and month, with a set of the ids of the clears taken. */
export function createDynamoClearQuotaAllowances(client: DynamoDBClient, tableName: string): ClearQuotaAllowances {
  const update = (
    clear: TakenClear,
    command: Pick<UpdateItemCommand['input'], 'UpdateExpression'> & Partial<UpdateItemCommand['input']>,
  ) => {
    const { pk, sk } = clearQuotaKey(clear.appId, clear.month);
    return client.send(
      new UpdateItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ...command }),
    );
  };
  return {
    async take(appId, now) {
      const clear = { appId, month: quotaDay(now).slice(0, YYYYMM_LENGTH), id: randomUUID() };
      try {
        await update(clear, {
          UpdateExpression: `ADD clears :ids SET ${TABLE_SCHEMA.timeToLive} = :removeAfter`,
          ConditionExpression: LEFT,
          ExpressionAttributeValues: {
            ':ids': { SS: [clear.id] },
            ':id': { S: clear.id },
            ':allowance': { N: String(CLEARS_PER_MONTH) },
            ':removeAfter': { N: String(Math.ceil((now + KEPT_MS) / 1_000)) },
          },
        });
        return clear;
      } catch (error) {
        // Ten are taken.
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
    async giveBack(clear) {
      await update(clear, {
        UpdateExpression: 'DELETE clears :ids',
        ExpressionAttributeValues: { ':ids': { SS: [clear.id] } },
      });
    },
  };
}

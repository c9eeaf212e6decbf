import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { getItem } from '../table/get-item.dynamodb.ts';
import { clearQuotaKey } from '../table/keys.ts';
import { TABLE_SCHEMA } from '../table/table-definition.dynamodb.ts';
import { quotaDay } from '../wechat/quota-day.ts';
import {
  CLEARS_PER_MONTH,
  type ClearKind,
  type ClearQuotaAllowances,
  type TakenClear,
} from './clear-quota-allowance.ts';

/** Long past its month an item is of no more use. */
const KEPT_MS = 92 * 86_400_000;
const YYYYMM_LENGTH = 6;
// The SDK repeats a write whose answer was lost; an id that is already there is the same clear and no other.
const LEFT = 'attribute_not_exists(clears) OR size(clears) < :allowance OR contains(clears, :id)';

/** {@link ClearQuotaAllowances} in the one DynamoDB table: an item per account, kind and month, with a set of the ids of the clears taken. */
export function createDynamoClearQuotaAllowances(client: DynamoDBClient, tableName: string): ClearQuotaAllowances {
  const update = (
    clear: TakenClear,
    command: Pick<UpdateItemCommand['input'], 'UpdateExpression'> & Partial<UpdateItemCommand['input']>,
  ) => {
    const { pk, sk } = clearQuotaKey(clear.appId, clear.kind, clear.month);
    return client.send(
      new UpdateItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ...command }),
    );
  };
  return {
    async take(appId, kind, now) {
      const clear = { appId, kind, month: monthOf(now), id: randomUUID() };
      try {
        await update(clear, {
          UpdateExpression: `ADD clears :ids SET ${TABLE_SCHEMA.timeToLive} = :removeAfter`,
          ConditionExpression: LEFT,
          ExpressionAttributeValues: {
            ':ids': { SS: [clear.id] },
            ':id': { S: clear.id },
            ':allowance': { N: String(CLEARS_PER_MONTH[kind]) },
            ':removeAfter': { N: String(Math.ceil((now + KEPT_MS) / 1_000)) },
          },
        });
        return clear;
      } catch (error) {
        // All are taken.
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
    async left(appId, now) {
      const left = async (kind: ClearKind) => {
        const item = await getItem(client, tableName, clearQuotaKey(appId, kind, monthOf(now)), true);
        return CLEARS_PER_MONTH[kind] - (item?.['clears']?.SS?.length ?? 0);
      };
      const [all, endpoint] = await Promise.all([left('all'), left('endpoint')]);
      return { all, endpoint };
    },
  };
}

function monthOf(now: number): string {
  return quotaDay(now).slice(0, YYYYMM_LENGTH);
}

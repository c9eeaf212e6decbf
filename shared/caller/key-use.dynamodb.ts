import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { numberOf } from '../table/attributes.dynamodb.ts';
import { keyUseKey } from '../table/keys.ts';
import type { KeyUseStore } from './key-use.ts';

const ATTRIBUTE_PREFIX = 'usedAt_';
const KEPT_AFTER_LAST_USE_S = 400 * 86_400;

/** {@link KeyUseStore} in the one DynamoDB table: one item per caller, which the table removes 400 days after its last use. */
export function createDynamoKeyUseStore(client: DynamoDBClient, tableName: string): KeyUseStore {
  return {
    async markUsed(callerId, keyId, hour) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(callerId),
            UpdateExpression: 'SET #usedAt = :hour, removeAfter = :removeAfter',
            ConditionExpression: 'attribute_not_exists(#usedAt) OR #usedAt < :hour',
            ExpressionAttributeNames: { '#usedAt': `${ATTRIBUTE_PREFIX}${keyId}` },
            ExpressionAttributeValues: {
              ':hour': { N: String(hour) },
              ':removeAfter': { N: String(Math.ceil(hour / 1_000) + KEPT_AFTER_LAST_USE_S) },
            },
          }),
        );
      } catch (error) {
        // Another environment has noted this hour or a later one.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async lastUsedAt(callerId) {
      const { Item = {} } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: keyOf(callerId), ConsistentRead: true }),
      );
      const attributes = Object.keys(Item).filter((name) => name.startsWith(ATTRIBUTE_PREFIX));
      return new Map(attributes.map((name) => [name.slice(ATTRIBUTE_PREFIX.length), numberOf(Item, name)]));
    },
  };
}

function keyOf(callerId: string) {
  const { pk, sk } = keyUseKey(callerId);
  return { pk: { S: pk }, sk: { S: sk } };
}

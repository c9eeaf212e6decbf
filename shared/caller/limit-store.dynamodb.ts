import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { numberOf } from '../table/attributes.dynamodb.ts';
import { limitKey } from '../table/keys.ts';
import type { LimitStore } from './limit-store.ts';

/** For environments whose clocks lag, and for operators who look. */
const KEPT_AFTER_END_S = 86_400;

/** {@link LimitStore} in the one DynamoDB table: one item per caller and window, which the table removes a day after the window's end. */
export function createDynamoLimitStore(client: DynamoDBClient, tableName: string): LimitStore {
  return {
    async reserve({ callerId, window, calls, most }) {
      // The condition lets every first reservation pass.
      if (calls > most) return undefined;
      const { pk, sk } = limitKey(callerId, window.id);
      try {
        const { Attributes = {} } = await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: { pk: { S: pk }, sk: { S: sk } },
            UpdateExpression: 'SET removeAfter = :removeAfter ADD reservedCalls :calls',
            ConditionExpression: 'attribute_not_exists(reservedCalls) OR reservedCalls <= :room',
            ExpressionAttributeValues: {
              ':calls': { N: String(calls) },
              ':room': { N: String(most - calls) },
              ':removeAfter': { N: String(Math.ceil(window.endsAt / 1_000) + KEPT_AFTER_END_S) },
            },
            ReturnValues: 'UPDATED_NEW',
          }),
        );
        return numberOf(Attributes, 'reservedCalls');
      } catch (error) {
        // There is no room for them.
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
  };
}

import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { textOf } from '../table/attributes.dynamodb.ts';
import { getItem } from '../table/get-item.dynamodb.ts';
import { roleKey } from '../table/keys.ts';
import type { RoleStore } from './role-store.ts';

const IS_CALLERS = 'callerId = :callerId';

/** {@link RoleStore} in the one DynamoDB table: one item per role. */
export function createDynamoRoleStore(client: DynamoDBClient, tableName: string): RoleStore {
  return {
    async callerIdOf(roleId) {
      const item = await getItem(client, tableName, roleKey(roleId), true);
      return item === undefined ? undefined : textOf(item, 'callerId');
    },

    async add(roleId, callerId) {
      const { pk, sk } = roleKey(roleId);
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: { pk: { S: pk }, sk: { S: sk }, callerId: { S: callerId } },
            ConditionExpression: `attribute_not_exists(pk) OR ${IS_CALLERS}`,
            ExpressionAttributeValues: { ':callerId': { S: callerId } },
          }),
        );
        return true;
      } catch (error) {
        // Another caller has it.
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async remove(roleId, callerId) {
      const { pk, sk } = roleKey(roleId);
      try {
        await client.send(
          new DeleteItemCommand({
            TableName: tableName,
            Key: { pk: { S: pk }, sk: { S: sk } },
            ConditionExpression: IS_CALLERS,
            ExpressionAttributeValues: { ':callerId': { S: callerId } },
          }),
        );
      } catch (error) {
        // Gone already, or another caller's by now.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

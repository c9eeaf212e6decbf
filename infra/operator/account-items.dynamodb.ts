import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import { DUE_GROUP, KEY_PREFIX, tokenKey } from '#shared/table/keys.ts';
import type { AccountItems } from './account-items.ts';
import { deleteItems, idsWithPrefix } from './table-items.dynamodb.ts';

/** {@link AccountItems} in the one DynamoDB table. */
export function createDynamoAccountItems(client: DynamoDBClient, tableName: string): AccountItems {
  const updateToken = async (appId: string, expression: string, values: Item): Promise<boolean> => {
    const { pk, sk } = tokenKey(appId);
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: { pk: { S: pk }, sk: { S: sk } },
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: expression,
      ExpressionAttributeValues: values,
    });
    try {
      await client.send(command);
      return true;
    } catch (error) {
      // Nobody added the account, which is the caller's to say.
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    list: () => idsWithPrefix(client, tableName, KEY_PREFIX.account),
    // Without its group an item is not in the index of due accounts: a tick does not even look at it.
    disable: (appId, now) =>
      updateToken(appId, 'SET disabledAt = if_not_exists(disabledAt, :now) REMOVE dueGroup', {
        ':now': { N: String(now) },
      }),
    enable: (appId) => updateToken(appId, 'SET dueGroup = :due REMOVE disabledAt', { ':due': { S: DUE_GROUP } }),
    async remove(appId) {
      const { token, account, caller: _, ...others } = KEY_PREFIX;
      for (const prefix of [token, ...Object.values(others), account]) {
        await deleteItems(client, tableName, `${prefix}${appId}`);
      }
    },
  };
}

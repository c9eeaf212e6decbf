import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { quotaRuleAttributes, quotaRuleName } from '#shared/quota/quota-rule-attributes.dynamodb.ts';
import { accountKey, DUE_GROUP, type ItemKey, KEY_PREFIX, tokenKey } from '#shared/table/keys.ts';
import type { AccountItems } from './account-items.ts';
import { deleteItems, idsWithPrefix } from './table-items.dynamodb.ts';

/** {@link AccountItems} in the one DynamoDB table. */
export function createDynamoAccountItems(client: DynamoDBClient, tableName: string): AccountItems {
  const update = async ({ pk, sk }: ItemKey, change: Partial<UpdateItemCommandInput>): Promise<boolean> => {
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: { pk: { S: pk }, sk: { S: sk } },
      ConditionExpression: 'attribute_exists(pk)',
      ...change,
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
      update(tokenKey(appId), {
        UpdateExpression: 'SET disabledAt = if_not_exists(disabledAt, :now) REMOVE dueGroup',
        ExpressionAttributeValues: { ':now': { N: String(now) } },
      }),
    enable: (appId) =>
      update(tokenKey(appId), {
        UpdateExpression: 'SET dueGroup = :due REMOVE disabledAt',
        ExpressionAttributeValues: { ':due': { S: DUE_GROUP } },
      }),
    setQuotaRule(appId, rule) {
      const [name, value] = quotaRuleAttributes(rule);
      return update(accountKey(appId), {
        UpdateExpression: 'SET #rule = :rule',
        ExpressionAttributeNames: { '#rule': name },
        ExpressionAttributeValues: { ':rule': value },
      });
    },
    unsetQuotaRule: (appId, endpoint) =>
      update(accountKey(appId), {
        UpdateExpression: 'REMOVE #rule',
        ExpressionAttributeNames: { '#rule': quotaRuleName(endpoint) },
      }),
    async remove(appId) {
      const { token, account, caller: _, ...others } = KEY_PREFIX;
      for (const prefix of [token, ...Object.values(others), account]) {
        await deleteItems(client, tableName, `${prefix}${appId}`);
      }
    },
  };
}

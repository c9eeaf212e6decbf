import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { quotaRuleAttributes, quotaRulesIn } from '../quota/quota-rule-attributes.dynamodb.ts';
import { type Item, malformed, numberOf, textOf } from '../table/attributes.dynamodb.ts';
import { accountKey } from '../table/keys.ts';
import type { Account } from './account.ts';
import type { AccountStore } from './account-store.ts';

/** {@link AccountStore} in the one DynamoDB table. */
export function createDynamoAccountStore(client: DynamoDBClient, tableName: string): AccountStore {
  return {
    async get(appId) {
      const { pk, sk } = accountKey(appId);
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : accountOf(appId, Item);
    },
    async put(account) {
      await client.send(new PutItemCommand({ TableName: tableName, Item: itemOf(account) }));
    },
  };
}

function itemOf({ appId, displayName, mode, testAccount, addedAt, quotaRules = [] }: Account): Item {
  const { pk, sk } = accountKey(appId);
  return {
    pk: { S: pk },
    sk: { S: sk },
    displayName: { S: displayName },
    tokenMode: { S: mode },
    testAccount: { BOOL: testAccount },
    addedAt: { N: String(addedAt) },
    ...Object.fromEntries(quotaRules.map(quotaRuleAttributes)),
  };
}

function accountOf(appId: string, item: Item): Account {
  const mode = textOf(item, 'tokenMode');
  if (mode !== 'stable' && mode !== 'classic') throw malformed(item, 'tokenMode');
  const quotaRules = quotaRulesIn(item);
  return {
    appId,
    displayName: textOf(item, 'displayName'),
    mode,
    testAccount: item['testAccount']?.BOOL ?? false,
    addedAt: numberOf(item, 'addedAt'),
    ...(quotaRules.length > 0 && { quotaRules }),
  };
}

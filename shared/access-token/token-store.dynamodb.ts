import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type Item, numberOf, textOf } from '../table/attributes.dynamodb.ts';
import { type ConditionalUpdate, updateItem } from '../table/conditional-update.dynamodb.ts';
import { getItem } from '../table/get-item.dynamodb.ts';
import { appIdOfTokenKey, DUE_GROUP, tokenKey } from '../table/keys.ts';
import { TABLE_SCHEMA } from '../table/table-definition.dynamodb.ts';
import { tokenStateOf } from './token-item.dynamodb.ts';
import type { TokenState } from './token-state.ts';
import type { DueAccount, TokenStore, WriteOutcome } from './token-store.ts';
import {
  acquireUpdate,
  addUpdate,
  commitUpdate,
  endOfLease,
  extendUpdate,
  failUpdate,
  keepUpdate,
} from './token-updates.dynamodb.ts';

/** {@link TokenStore} in the one DynamoDB table. `client` should be set to fail within a lease when the table does not answer. */
export function createDynamoTokenStore(client: DynamoDBClient, tableName: string): TokenStore {
  const update = async (appId: string, write: ConditionalUpdate): Promise<WriteOutcome> => {
    const { won, item } = await updateItem(client, tableName, tokenKey(appId), write);
    if (won) return { won, state: tokenStateOf(item) };
    return { won, state: item === undefined ? undefined : tokenStateOf(item) };
  };

  const read = async (appId: string, consistent: boolean): Promise<TokenState | undefined> => {
    const item = await getItem(client, tableName, tokenKey(appId), consistent);
    return item === undefined ? undefined : tokenStateOf(item);
  };

  return {
    read: (appId) => read(appId, true),
    glance: (appId) => read(appId, false),
    acquire: (request) => update(request.appId, acquireUpdate(request)),
    extend: (request) => update(request.appId, extendUpdate(request, randomUUID())),
    commit: (request) => update(request.appId, commitUpdate(request)),
    fail: (request) => update(request.appId, failUpdate(request)),
    keep: (request) => update(request.appId, keepUpdate(request)),
    async release(appId, leaseId) {
      // Not won: the lease is no longer ours, so there is nothing to end.
      await update(appId, endOfLease(leaseId));
    },
    async add(appId, now) {
      const { won } = await update(appId, addUpdate(now));
      return won;
    },
    due: (now) => queryDue(client, tableName, now),
  };
}

async function queryDue(client: DynamoDBClient, tableName: string, now: number): Promise<readonly DueAccount[]> {
  const { dueIndex } = TABLE_SCHEMA;
  const due: DueAccount[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: dueIndex.name,
        KeyConditionExpression: `${dueIndex.partitionKey} = :group AND ${dueIndex.sortKey} <= :now`,
        ExpressionAttributeValues: { ':group': { S: DUE_GROUP }, ':now': { N: String(now) } },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) {
      due.push({ appId: appIdOfTokenKey(textOf(item, 'pk')), nextDueAt: numberOf(item, 'nextDueAt') });
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return due;
}

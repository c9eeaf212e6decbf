import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Item, numberOf, textOf } from '../table/attributes.dynamodb.ts';
import { appIdOfTokenKey, DUE_GROUP, tokenKey } from '../table/keys.ts';
import { TABLE_SCHEMA } from '../table/table-definition.dynamodb.ts';
import { tokenStateOf } from './token-item.dynamodb.ts';
import type { TokenState } from './token-state.ts';
import type { DueAccount, TokenStore, WriteOutcome } from './token-store.ts';
import {
  acquireUpdate,
  addUpdate,
  type ConditionalUpdate,
  commitUpdate,
  endOfLease,
  extendUpdate,
  failUpdate,
  keepUpdate,
} from './token-updates.dynamodb.ts';

/** {@link TokenStore} in the one DynamoDB table. `client` should be set to fail within a lease when the table does not answer. */
export function createDynamoTokenStore(client: DynamoDBClient, tableName: string): TokenStore {
  const get = async (appId: string, consistent: boolean): Promise<Item | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(appId), ConsistentRead: consistent }),
    );
    return Item;
  };

  const update = async (appId: string, write: ConditionalUpdate): Promise<WriteOutcome> => {
    try {
      const { Attributes } = await client.send(updateCommand(tableName, appId, write));
      // ReturnValues ALL_NEW always brings the item.
      return { won: true, state: tokenStateOf(Attributes as Item) };
    } catch (error) {
      const refused = error instanceof ConditionalCheckFailedException;
      // An engine that returns no old item, or an answer that was lost: only a consistent read tells how things stand.
      const item = (refused ? error.Item : undefined) ?? (await get(appId, true));
      if (item !== undefined && write.happened(item)) return { won: true, state: tokenStateOf(item) };
      if (!refused) throw error;
      return { won: false, state: item === undefined ? undefined : tokenStateOf(item) };
    }
  };

  const read = async (appId: string, consistent: boolean): Promise<TokenState | undefined> => {
    const item = await get(appId, consistent);
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

function updateCommand(
  tableName: string,
  appId: string,
  { when, set, remove = [], add = {}, values = {} }: ConditionalUpdate,
) {
  const assigned = Object.entries(set).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const added = Object.entries(add);
  const clauses = [
    assigned.length > 0 && `SET ${assigned.map(([name]) => `${name} = :${name}`).join(', ')}`,
    remove.length > 0 && `REMOVE ${remove.join(', ')}`,
    added.length > 0 && `ADD ${added.map(([name]) => `${name} :${name}`).join(', ')}`,
  ];
  const placeholders = [...assigned, ...added].map(([name, value]) => [`:${name}`, value] as const);
  const all = [...Object.entries(values), ...placeholders].map(([name, value]) => [name, attributeOf(value)] as const);
  return new UpdateItemCommand({
    TableName: tableName,
    Key: keyOf(appId),
    ConditionExpression: when.join(' AND '),
    UpdateExpression: clauses.filter((clause) => clause !== false).join(' '),
    ...(all.length > 0 && { ExpressionAttributeValues: Object.fromEntries(all) }),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
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

function keyOf(appId: string): Item {
  const { pk, sk } = tokenKey(appId);
  return { pk: { S: pk }, sk: { S: sk } };
}

function attributeOf(value: string | number): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

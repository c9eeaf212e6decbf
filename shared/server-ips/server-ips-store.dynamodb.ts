import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { type Item, numberOf } from '../table/attributes.dynamodb.ts';
import { getItem } from '../table/get-item.dynamodb.ts';
import { type ItemKey, SERVER_IPS_VERSION, serverIpsKey, serverIpsVersionKey } from '../table/keys.ts';
import { TABLE_SCHEMA } from '../table/table-definition.dynamodb.ts';
import { type ListVersion, NOTHING_YET } from './list-state.ts';
import type { ServerIpList } from './server-ip-list.ts';
import { stateAttributes, stateOf, versionAttributes, versionOf } from './server-ips-item.dynamodb.ts';
import type { ServerIpsStore, StoredList } from './server-ips-store.ts';

const HISTORY_KEPT_MS = 400 * 86_400_000;

/** {@link ServerIpsStore} in the one DynamoDB table: per list one item with everything that is served, and one per version. */
export function createDynamoServerIpsStore(client: DynamoDBClient, tableName: string): ServerIpsStore {
  const read = async (list: ServerIpList, consistent: boolean): Promise<StoredList> => {
    const item = await getItem(client, tableName, serverIpsKey(list), consistent);
    if (item === undefined) return { state: NOTHING_YET, revision: 0 };
    return { state: stateOf(item), revision: numberOf(item, 'revision') };
  };
  const wrote = async (list: ServerIpList, writeId: string): Promise<boolean> =>
    (await getItem(client, tableName, serverIpsKey(list), true))?.['writeId']?.S === writeId;

  return {
    read: (list) => read(list, true),
    glance: (list) => read(list, false),
    async replace(list, state, revision) {
      const writeId = randomUUID();
      const item = { ...stateAttributes(state), revision: { N: String(revision + 1) }, writeId: { S: writeId } };
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: { ...keyAttributes(serverIpsKey(list)), ...item },
            ...conditionOf(revision),
          }),
        );
        return true;
      } catch (error) {
        // The SDK repeats a write whose answer was lost: then this very write is what stands in its way.
        if (await wrote(list, writeId)) return true;
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async record(list, version) {
      const removeAfter = { N: String(Math.ceil((version.at + HISTORY_KEPT_MS) / 1_000)) };
      const key = keyAttributes(serverIpsVersionKey(list, version.version));
      const Item = { ...key, ...versionAttributes(version), [TABLE_SCHEMA.timeToLive]: removeAfter };
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    history: (list) => queryHistory(client, tableName, list),
  };
}

async function queryHistory(
  client: DynamoDBClient,
  tableName: string,
  list: ServerIpList,
): Promise<readonly ListVersion[]> {
  const versions: ListVersion[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :version)',
        ExpressionAttributeValues: { ':pk': { S: serverIpsKey(list).pk }, ':version': { S: SERVER_IPS_VERSION } },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    versions.push(...(page.Items ?? []).map(versionOf));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return versions;
}

function conditionOf(revision: number): Partial<PutItemCommand['input']> {
  if (revision === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'revision = :revision',
    ExpressionAttributeValues: { ':revision': { N: String(revision) } },
  };
}

function keyAttributes({ pk, sk }: ItemKey): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}

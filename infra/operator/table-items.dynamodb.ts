import { DeleteItemCommand, type DynamoDBClient, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from '#shared/table/attributes.dynamodb.ts';

/**
 * What follows the prefix in all partition keys that begin with it, sorted.
 *
 * A Scan: accounts and callers are few and operators list them rarely, so an index would cost every write for nothing. Only operators'
 * credentials may do it; no function can.
 */
export async function idsWithPrefix(
  client: DynamoDBClient,
  tableName: string,
  prefix: string,
): Promise<readonly string[]> {
  const ids = new Set<string>();
  let start: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tableName,
        ConsistentRead: true,
        FilterExpression: 'begins_with(pk, :prefix)',
        ProjectionExpression: 'pk',
        ExpressionAttributeValues: { ':prefix': { S: prefix } },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const { pk } of page.Items ?? []) ids.add((pk?.S ?? '').slice(prefix.length));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return [...ids].toSorted();
}

/** Deletes every item with this partition key; none is no error. */
export async function deleteItems(client: DynamoDBClient, tableName: string, partitionKey: string): Promise<void> {
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ProjectionExpression: 'pk, sk',
        ExpressionAttributeValues: { ':pk': { S: partitionKey } },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const { pk, sk } of page.Items ?? []) {
      // The projection holds exactly the two attributes of the key.
      await client.send(new DeleteItemCommand({ TableName: tableName, Key: { pk, sk } as Item }));
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

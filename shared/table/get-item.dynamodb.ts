import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from './attributes.dynamodb.ts';
import type { ItemKey } from './keys.ts';

/**
 * One item; `undefined` when there is none.
 * @param consistent shows every write that was answered before, at twice the price
 * @throws the client's error when the table does not answer
 */
export async function getItem(
  client: DynamoDBClient,
  tableName: string,
  { pk, sk }: ItemKey,
  consistent: boolean,
): Promise<Item | undefined> {
  const Key = { pk: { S: pk }, sk: { S: sk } };
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: consistent }));
  return Item;
}

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './attributes.dynamodb.ts';
import { getItem } from './get-item.dynamodb.ts';
import type { ItemKey } from './keys.ts';

/** One UpdateItem in parts; absent values leave their clause out. */
export interface ConditionalUpdate {
  readonly when: readonly string[];
  readonly set: Readonly<Record<string, string | number | undefined>>;
  readonly remove?: readonly string[];
  readonly add?: Readonly<Record<string, number>>;
  /** Values that only the conditions use, by placeholder. */
  readonly values?: Readonly<Record<string, string | number>>;
  /** Whether the item shows that this very write had happened although its answer was lost. */
  readonly happened: (item: Item) => boolean;
}

/** What a conditional write came to: `item` is the whole item after a won write, or as it stood when the write was refused. */
export type UpdateOutcome =
  | { readonly won: true; readonly item: Item }
  | { readonly won: false; readonly item: Item | undefined };

/**
 * Does the write if its conditions hold. One that had happened although its answer was lost counts as won.
 * @throws the client's error when the table does not answer and no read shows that the write has happened
 */
export async function updateItem(
  client: DynamoDBClient,
  tableName: string,
  key: ItemKey,
  write: ConditionalUpdate,
): Promise<UpdateOutcome> {
  try {
    const { Attributes } = await client.send(updateCommand(tableName, key, write));
    // ReturnValues ALL_NEW always brings the item.
    return { won: true, item: Attributes as Item };
  } catch (error) {
    const refused = error instanceof ConditionalCheckFailedException;
    // An engine that returns no old item, or an answer that was lost: only a consistent read tells how things stand.
    const item = (refused ? error.Item : undefined) ?? (await getItem(client, tableName, key, true));
    if (item !== undefined && write.happened(item)) return { won: true, item };
    if (!refused) throw error;
    return { won: false, item };
  }
}

function updateCommand(
  tableName: string,
  { pk, sk }: ItemKey,
  { when, set, remove = [], add = {}, values = {} }: ConditionalUpdate,
): UpdateItemCommand {
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
    Key: { pk: { S: pk }, sk: { S: sk } },
    ConditionExpression: when.join(' AND '),
    UpdateExpression: clauses.filter((clause) => clause !== false).join(' '),
    ...(all.length > 0 && { ExpressionAttributeValues: Object.fromEntries(all) }),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

function attributeOf(value: string | number): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

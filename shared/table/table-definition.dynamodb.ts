import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** Attribute names of the one table's keys and of its index of accounts by next due time. */
export const TABLE_SCHEMA = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Sparse: only the token items of enabled accounts carry both attributes. Projects keys only, never a token. */
  dueIndex: { name: 'due', partitionKey: 'dueGroup', sortKey: 'nextDueAt' },
  /** Epoch seconds, for items that DynamoDB may remove; never on a token item. */
  timeToLive: 'removeAfter',
} as const;

/**
 * The table for engines that are not deployed by the stack (the embedded one, DynamoDB Local). On AWS the stack's state construct makes
 * it from the same {@link TABLE_SCHEMA}.
 */
export function createTableInput(tableName: string): CreateTableCommandInput {
  const { partitionKey, sortKey, dueIndex } = TABLE_SCHEMA;
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: partitionKey, AttributeType: 'S' },
      { AttributeName: sortKey, AttributeType: 'S' },
      { AttributeName: dueIndex.partitionKey, AttributeType: 'S' },
      { AttributeName: dueIndex.sortKey, AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: dueIndex.name,
        KeySchema: [
          { AttributeName: dueIndex.partitionKey, KeyType: 'HASH' },
          { AttributeName: dueIndex.sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  };
}

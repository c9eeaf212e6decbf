import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { callerKey } from '../table/keys.ts';
import { callerItem, readCaller } from './caller-item.dynamodb.ts';
import type { CallerStore } from './caller-store.ts';

/** Callers in the one table of state, one item each. Errors of the client and `MalformedCaller` pass through as they are. */
export function createDynamoCallerStore(client: DynamoDBClient, tableName: string): CallerStore {
  return {
    async get(callerId) {
      const { pk, sk } = callerKey(callerId);
      const { Item } = await client.send(
        // Consistent, so that a revoked key is gone for every reader at once; the directory in front makes it rare.
        new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : readCaller(callerId, Item);
    },

    async put(caller) {
      const item = callerItem(caller);
      // An item that cannot be read back would lock the caller out.
      readCaller(caller.id, item);
      await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    },
  };
}

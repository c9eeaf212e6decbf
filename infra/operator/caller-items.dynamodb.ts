import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Caller } from '#shared/caller/caller.ts';
import { callerItem, readCaller } from '#shared/caller/caller-item.dynamodb.ts';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import { callerKey, KEY_PREFIX, roleKey } from '#shared/table/keys.ts';
import type { CallerItems } from './caller-items.ts';
import { OperatorFailure } from './operator-failure.ts';
import { deleteItems, idsWithPrefix } from './table-items.dynamodb.ts';

const TRIES = 5;
/** A fresh id with every change, by which the next one sees whether the caller is still as it was read. Nobody else reads it. */
const CHANGE_ID = 'changeId';

/** {@link CallerItems} in the one DynamoDB table. */
export function createDynamoCallerItems(client: DynamoDBClient, tableName: string): CallerItems {
  const read = async (callerId: string): Promise<Item | undefined> => {
    const { pk, sk } = callerKey(callerId);
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
    );
    return Item;
  };

  /** Not done: somebody else was faster. */
  const replace = async (before: Item, caller: Caller): Promise<boolean> => {
    const changeId = randomUUID();
    const item: Item = { ...callerItem(caller), [CHANGE_ID]: { S: changeId } };
    // An item that cannot be read back would lock the caller out.
    readCaller(caller.id, item);
    try {
      await client.send(new PutItemCommand({ TableName: tableName, Item: item, ...unchangedSince(before) }));
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // The client tries again after a lost answer, and then finds what it wrote itself.
      return (await read(caller.id))?.[CHANGE_ID]?.S === changeId;
    }
  };

  return {
    list: () => idsWithPrefix(client, tableName, KEY_PREFIX.caller),
    async change(callerId, change) {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const before = await read(callerId);
        if (before === undefined) return undefined;
        const caller = change(readCaller(callerId, before));
        if (await replace(before, caller)) return caller;
      }
      throw new OperatorFailure(`Caller ${callerId} is being changed by somebody else: look at it and try again.`);
    },
    async remove(callerId) {
      const item = await read(callerId);
      const roles = item === undefined ? [] : (readCaller(callerId, item).roles ?? []);
      for (const { roleId } of roles) await deleteItems(client, tableName, roleKey(roleId).pk);
      await deleteItems(client, tableName, callerKey(callerId).pk);
      await deleteItems(client, tableName, `${KEY_PREFIX.usage}${callerId}`);
    },
  };
}

function unchangedSince(before: Item) {
  const changeId = before[CHANGE_ID];
  if (changeId === undefined)
    return { ConditionExpression: `attribute_exists(pk) AND attribute_not_exists(${CHANGE_ID})` };
  return {
    ConditionExpression: `${CHANGE_ID} = :before`,
    ExpressionAttributeValues: { ':before': changeId },
  };
}

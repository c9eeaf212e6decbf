import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Item, malformed, numberOf } from '../table/attributes.dynamodb.ts';
import { getItem } from '../table/get-item.dynamodb.ts';
import { countsKey, countsOfDay, type ItemKey, usageSumKey } from '../table/keys.ts';
import { TABLE_SCHEMA } from '../table/table-definition.dynamodb.ts';
import { quotaDayStart } from '../wechat/quota-day.ts';
import type { DayUsage } from './day-usage.ts';
import { type SummedUsage, USAGE_KEPT_DAYS, type UsageStore } from './usage-store.ts';
import { createUsageTally } from './usage-tally.ts';

const DAY_S = 86_400;

/**
 * {@link UsageStore} in the one DynamoDB table: an item per account, day and environment, which holds all that the environment has counted, so that to
 * write it again is to write the same; and an item per account and day with the sum, once the day is over. The counts are one compressed attribute, since
 * DynamoDB charges by the kilobyte.
 */
export function createDynamoUsageStore(client: DynamoDBClient, tableName: string): UsageStore {
  const update = (key: ItemKey, day: string, condition: string, values: Record<string, AttributeValue>) =>
    updateUnless(
      client,
      new UpdateItemCommand({
        TableName: tableName,
        Key: { pk: { S: key.pk }, sk: { S: key.sk } },
        UpdateExpression: `SET counts = :counts, flushSequence = :sequence, environments = :environments, ${TABLE_SCHEMA.timeToLive} = :removeAfter`,
        ConditionExpression: condition,
        ExpressionAttributeValues: { ...values, ':removeAfter': { N: String(removeAfter(day)) } },
      }),
    );
  return {
    put: ({ appId, day, countedBy, sequence, usage }) =>
      update(
        countsKey(appId, day, countedBy),
        day,
        // A write that was given up may still be on its way when the next one is answered.
        'attribute_not_exists(flushSequence) OR flushSequence < :sequence',
        { ':counts': packed(usage), ':sequence': { N: String(sequence) }, ':environments': { N: '1' } },
      ),
    async sum(appId, day) {
      const tally = createUsageTally();
      let environments = 0;
      for await (const item of countsItems(client, tableName, appId, day)) {
        tally.merge(unpacked(item));
        environments += 1;
      }
      return { usage: tally.usage(), environments };
    },
    async keptSum(appId, day) {
      const item = await getItem(client, tableName, usageSumKey(appId, day), false);
      if (item === undefined) return undefined;
      return { usage: unpacked(item), environments: numberOf(item, 'environments') };
    },
    keepSum: (appId, day, { usage, environments }: SummedUsage) =>
      update(usageSumKey(appId, day), day, 'attribute_not_exists(counts) OR flushSequence < :sequence', {
        ':counts': packed(usage),
        ':sequence': { N: '1' },
        ':environments': { N: String(environments) },
      }),
  };
}

async function updateUnless(client: DynamoDBClient, command: UpdateItemCommand): Promise<void> {
  try {
    await client.send(command);
  } catch (error) {
    // This write, or a later one, is there already.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

async function* countsItems(
  client: DynamoDBClient,
  tableName: string,
  appId: string,
  day: string,
): AsyncGenerator<Item> {
  const { pk, sk } = countsOfDay(appId, day);
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':sk': { S: sk } },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

function packed(usage: DayUsage): AttributeValue {
  return { B: deflateRawSync(JSON.stringify(usage)) };
}

function unpacked(item: Item): DayUsage {
  const usage = parsed(item['counts']?.B);
  if (!isDayUsage(usage)) throw malformed(item, 'counts');
  return usage;
}

function parsed(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes === undefined ? undefined : JSON.parse(inflateRawSync(bytes).toString());
  } catch {
    // Neither compressed nor JSON: not what our own writes leave behind, which is the one thing to say of it.
    return undefined;
  }
}

/** Only our own code writes the attribute, and always whole. */
function isDayUsage(value: unknown): value is DayUsage {
  return (
    typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows) && 'hours' in value
  );
}

/** Epoch seconds. */
function removeAfter(day: string): number {
  const start = quotaDayStart(day);
  if (start === undefined) throw new TypeError(`${day} is no day: usage is counted by days of the form YYYYMMDD`);
  return Math.ceil(start / 1_000) + (1 + USAGE_KEPT_DAYS) * DAY_S;
}

import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Item, numberOf, optionalNumberOf } from '../table/attributes.dynamodb.ts';
import { getItem } from '../table/get-item.dynamodb.ts';
import { learntQuotasKey } from '../table/keys.ts';
import { type LearntQuota, type LearntQuotaStore, type LearntQuotas, NOTHING_LEARNT } from './learnt-quotas.ts';

// An attribute per endpoint: writers of different ones never meet, and a map would have to be there first.
const QUOTA = 'quota:';
const CLEARED = 'cleared:';
const CLEARED_ALL = 'clearedAt';

/** {@link LearntQuotaStore} in the one DynamoDB table: one item per account. */
export function createDynamoLearntQuotaStore(client: DynamoDBClient, tableName: string): LearntQuotaStore {
  /** Sets one attribute unless what it holds is newer. */
  const set = async (appId: string, name: string, value: Item[string], isNewer: string, at: number): Promise<void> => {
    const { pk, sk } = learntQuotasKey(appId);
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: 'SET #name = :value',
          ConditionExpression: `attribute_not_exists(#name) OR ${isNewer}`,
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':value': value, ':at': { N: String(at) } },
        }),
      );
    } catch (error) {
      // The stored one is as new or newer.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
  return {
    async read(appId) {
      const item = await getItem(client, tableName, learntQuotasKey(appId), false);
      return item === undefined ? NOTHING_LEARNT : learntIn(item);
    },
    learn: (appId, endpoint, quota) =>
      set(appId, QUOTA + endpoint, { M: attributesOf(quota) }, '#name.learntAt < :at', quota.at),
    markCleared: (appId, endpoint, now) =>
      set(appId, endpoint === undefined ? CLEARED_ALL : CLEARED + endpoint, { N: String(now) }, '#name < :at', now),
  };
}

function learntIn(item: Item): LearntQuotas {
  const named = (prefix: string) => Object.keys(item).filter((name) => name.startsWith(prefix));
  return {
    quotas: new Map(named(QUOTA).map((name) => [name.slice(QUOTA.length), quotaIn(item[name]?.M ?? {})])),
    clearedAt: optionalNumberOf(item, CLEARED_ALL),
    clearedEndpoints: new Map(named(CLEARED).map((name) => [name.slice(CLEARED.length), numberOf(item, name)])),
  };
}

function quotaIn(attributes: Item): LearntQuota {
  const rateCalls = optionalNumberOf(attributes, 'rateCalls');
  return {
    dailyLimit: numberOf(attributes, 'dailyLimit'),
    used: numberOf(attributes, 'usedCalls'),
    counted: numberOf(attributes, 'countedCalls'),
    at: numberOf(attributes, 'learntAt'),
    ...(rateCalls !== undefined && {
      rateLimit: { calls: rateCalls, seconds: numberOf(attributes, 'rateSeconds') },
    }),
  };
}

function attributesOf({ dailyLimit, used, counted, at, rateLimit }: LearntQuota): Item {
  return {
    dailyLimit: { N: String(dailyLimit) },
    usedCalls: { N: String(used) },
    countedCalls: { N: String(counted) },
    learntAt: { N: String(at) },
    ...(rateLimit && { rateCalls: { N: String(rateLimit.calls) }, rateSeconds: { N: String(rateLimit.seconds) } }),
  };
}

import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { healKey } from '../table/keys.ts';
import { HEAL_MARKER_MS, type HealMarkers } from './heal-marker.ts';

const NO_LIVE_MARKER = 'attribute_not_exists(pk) OR fingerprint <> :fingerprint OR markedAt <= :outdated';
// The SDK repeats a write whose answer was lost; its own marker must not stop it.
const OWN_MARKER = 'claimId = :claimId';

/** {@link HealMarkers} in the one DynamoDB table: one item per account, overwritten by the next heal. */
export function createDynamoHealMarkers(client: DynamoDBClient, tableName: string): HealMarkers {
  return {
    async claim(appId, fingerprint, now) {
      const { pk, sk } = healKey(appId);
      const claimId = randomUUID();
      const item = { fingerprint: { S: fingerprint }, markedAt: { N: String(now) }, claimId: { S: claimId } };
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: { pk: { S: pk }, sk: { S: sk }, ...item },
            ConditionExpression: `${NO_LIVE_MARKER} OR ${OWN_MARKER}`,
            ExpressionAttributeValues: {
              ':fingerprint': { S: fingerprint },
              ':outdated': { N: String(now - HEAL_MARKER_MS) },
              ':claimId': { S: claimId },
            },
          }),
        );
        return true;
      } catch (error) {
        // Somebody else is at it.
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { floorEnvironment } from './floor-environment.ts';
import { callUpstream } from './floor-upstream.undici.ts';

const { tableName, pk, sk } = floorEnvironment;
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);
const keyOf = (prefix: string) => ({ pk: { S: pk.replace('TOKEN', prefix) }, sk: { S: sk } });

/** The floor with what the first call of an environment asks of the table: the caller, the account, the token and the last use of the key, at once. */
export const handler = async () => {
  const Keys = [{ pk: { S: pk }, sk: { S: sk } }, ...['ACCOUNT', 'CALLER', 'USAGE'].map(keyOf)];
  const { Responses = {} } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } }),
  );
  return { statusCode: Responses[tableName] === undefined ? 500 : 200, body: await callUpstream() };
};

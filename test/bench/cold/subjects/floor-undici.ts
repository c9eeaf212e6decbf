import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { floorEnvironment } from './floor-environment.ts';
import { callUpstream } from './floor-upstream.undici.ts';

const { tableName, pk, sk } = floorEnvironment;
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);

/** One read and one call to the upstream, with the libraries that the gateway uses and nothing else. */
export const handler = async () => {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } } }),
  );
  return { statusCode: Item === undefined ? 500 : 200, body: await callUpstream() };
};

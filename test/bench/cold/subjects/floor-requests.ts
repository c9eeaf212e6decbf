import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import Pool from 'undici/lib/dispatcher/pool.js';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { floorEnvironment } from './floor-environment.ts';

const { tableName, pk, sk, origin, path } = floorEnvironment;
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);
const pool = new Pool(origin, { allowH2: false });
const Key = { pk: { S: pk }, sk: { S: sk } };

const read = () => client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
const write = () =>
  client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: { pk: { S: 'USAGE#floor' }, sk: { S: 'KEYS' } },
      UpdateExpression: 'SET usedAt = :now',
      ConditionExpression: 'attribute_not_exists(usedAt) OR usedAt < :now',
      ExpressionAttributeValues: { ':now': { N: String(Date.now()) } },
    }),
  );

/** The floor with what the first call of an environment asks of the table: the caller; the account and the token; the use of the key, beside the call. */
export const handler = async () => {
  const { Item } = await read();
  await Promise.all([read(), read()]);
  const written = write();
  const chunks: Uint8Array[] = [];
  await new Promise<void>((resolve, reject) => {
    pool.dispatch(
      { method: 'GET', path },
      {
        onRequestStart: () => {},
        onResponseStart: () => {},
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
  await written;
  return { statusCode: Item === undefined ? 500 : 200, body: Buffer.concat(chunks).toString('base64') };
};

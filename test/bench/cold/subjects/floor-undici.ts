import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import Pool from 'undici/lib/dispatcher/pool.js';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { floorEnvironment } from './floor-environment.ts';

const { tableName, pk, sk, origin, path } = floorEnvironment;
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);
const pool = new Pool(origin, { allowH2: false });

/** One read and one call to the upstream, with the libraries that the gateway uses and nothing else. */
export const handler = async () => {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } } }),
  );
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
  return { statusCode: Item === undefined ? 500 : 200, body: Buffer.concat(chunks).toString('base64') };
};

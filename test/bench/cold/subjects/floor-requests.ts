import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import Pool from 'undici/lib/dispatcher/pool.js';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { floorEnvironment } from './floor-environment.ts';

const { tableName, pk, sk, origin, path } = floorEnvironment;
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);
const pool = new Pool(origin, { allowH2: false });
const keyOf = (prefix: string) => ({ pk: { S: pk.replace('TOKEN', prefix) }, sk: { S: sk } });

/** The floor with what the first call of an environment asks of the table: the caller, the account, the token and the last use of the key, at once. */
export const handler = async () => {
  const Keys = [{ pk: { S: pk }, sk: { S: sk } }, ...['ACCOUNT', 'CALLER', 'USAGE'].map(keyOf)];
  const { Responses = {} } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } }),
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
  return { statusCode: Responses[tableName] === undefined ? 500 : 200, body: Buffer.concat(chunks).toString('base64') };
};

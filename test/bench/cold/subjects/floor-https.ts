import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { floorEnvironment } from './floor-environment.ts';

const { tableName, pk, sk, origin, path } = floorEnvironment;
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);
/** The bench's upstream speaks plain HTTP; both modules are loaded either way, by the SDK. */
const request = origin.startsWith('https:') ? httpsRequest : httpRequest;

/** The same as floor-undici.ts with Node's own client. */
export const handler = async () => {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } } }),
  );
  const chunks: Uint8Array[] = [];
  await new Promise<void>((resolve, reject) => {
    const outgoing = request(`${origin}${path}`, (response) => {
      response.on('data', (chunk: Uint8Array) => void chunks.push(chunk));
      response.on('end', resolve);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
  return { statusCode: Item === undefined ? 500 : 200, body: Buffer.concat(chunks).toString('base64') };
};

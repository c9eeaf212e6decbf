import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Pool } from 'undici';

const pool = new Pool(process.env['UPSTREAM_ORIGINS'] ?? '', { allowH2: false, pipelining: 1 });
const accessToken = process.env['ACCESS_TOKEN'] ?? '';

/** What the peers do, as a function behind the local run's HTTP adapter: passes a call on with a static token and does nothing else. */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const path = `${event.rawPath}?access_token=${accessToken}&${event.rawQueryString}`;
  const method = event.requestContext.http.method === 'POST' ? 'POST' : 'GET';
  const upload = event.body === undefined ? null : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  const { statusCode, headers, body } = await pool.request({ method, path, body: upload });
  return {
    statusCode,
    headers: { 'content-type': String(headers['content-type']) },
    body: Buffer.from(await body.arrayBuffer()).toString('base64'),
    isBase64Encoded: true,
  };
};

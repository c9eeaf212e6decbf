import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** What API Gateway takes from a request before its body is read. */
export interface HttpEventHead {
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** Lower-case names; duplicates joined by `,` without a space. */
  readonly headers: Record<string, string>;
  readonly cookies: readonly string[];
}

/** A request that API Gateway answers by itself. */
export interface HttpRefusal {
  readonly refusal: { readonly status: number; readonly message: string };
}

/** Request line and header values together: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_HEAD_BYTES = 10_240;
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Media types whose bodies reach the function as text; all others, and a missing one, are base64. */
const TEXT_TYPES = new Set([
  'text/plain',
  'text/plain;charset=utf-8',
  'text/html',
  'text/csv',
  'text/xml',
  'application/json',
  'application/json;charset=utf-8',
  'application/xml',
  'application/javascript',
  'application/graphql',
]);

/** What API Gateway adds to an empty body is not documented; this is what RFC 9110 section 8.3 lets a recipient assume. */
const CONTENT_TYPE_OF_NOTHING = 'application/octet-stream';

/** Reads the request line and the headers: 400 for a malformed path, 431 for more than 10,240 bytes. */
export function readEventHead(request: IncomingMessage): HttpEventHead | HttpRefusal {
  const target = request.url ?? '';
  const queryAt = target.indexOf('?');
  const rawPath = decodePath(queryAt < 0 ? target : target.slice(0, queryAt));
  if (rawPath === undefined) {
    return { refusal: { status: 400, message: 'Bad Request' } };
  }
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  let headBytes = `${request.method} ${target} HTTP/1.1`.length;
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const value = request.rawHeaders[index + 1] ?? '';
    headBytes += value.length;
    addHeader((request.rawHeaders[index] ?? '').toLowerCase(), value, headers, cookies);
  }
  if (headBytes > MAX_HEAD_BYTES) {
    return { refusal: { status: 431, message: 'Request Header Fields Too Large' } };
  }
  return { rawPath, rawQueryString: queryAt < 0 ? '' : target.slice(queryAt + 1), headers, cookies };
}

/** Decoded twice and cut at a decoded `?`, as measured; `undefined` when malformed. */
function decodePath(path: string): string | undefined {
  if (!path.startsWith('/')) {
    return undefined;
  }
  if (!path.includes('%')) {
    return path;
  }
  try {
    const decoded = decodeURIComponent(decodeURIComponent(path));
    const questionMarkAt = decoded.indexOf('?');
    return questionMarkAt < 0 ? decoded : decoded.slice(0, questionMarkAt);
  } catch {
    // A malformed encoding, in the first pass or the second: the caller answers 400.
    return undefined;
  }
}

function addHeader(name: string, value: string, headers: Record<string, string>, cookies: string[]): void {
  if (name === 'cookie') {
    cookies.push(...value.split(';').map((cookie) => cookie.trim()));
  } else if (!HOP_BY_HOP.has(name)) {
    // hasOwn: a header may be called `constructor`.
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value;
  }
}

/**
 * The event of payload format 2.0 for the `$default` route and stage.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @param body empty for none; the event has no `body` then
 */
export function toHttpEvent(
  request: IncomingMessage,
  head: HttpEventHead,
  body: Buffer,
  requestId: string,
): APIGatewayProxyEventV2 {
  const isText = TEXT_TYPES.has((head.headers['content-type'] ?? '').toLowerCase().replaceAll(' ', ''));
  const hasBody = body.length > 0;
  const headers = hasBody ? head.headers : { 'content-type': CONTENT_TYPE_OF_NOTHING, ...head.headers };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: head.rawPath,
    rawQueryString: head.rawQueryString,
    ...(head.cookies.length > 0 && { cookies: [...head.cookies] }),
    headers,
    ...(head.rawQueryString !== '' && { queryStringParameters: parseQuery(head.rawQueryString) }),
    requestContext: requestContext(request, head, requestId),
    ...(hasBody && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: hasBody && !isText,
  };
}

function parseQuery(rawQueryString: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

function requestContext(
  request: IncomingMessage,
  head: HttpEventHead,
  requestId: string,
): APIGatewayProxyEventV2['requestContext'] {
  const domainName = (head.headers['host'] ?? '').replace(/:\d+$/, '');
  const now = Date.now();
  return {
    accountId: '000000000000',
    apiId: 'local',
    domainName,
    domainPrefix: domainName.split('.', 1)[0] ?? '',
    http: {
      method: request.method ?? '',
      path: head.rawPath,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: request.socket.remoteAddress ?? '',
      userAgent: head.headers['user-agent'] ?? '',
    },
    requestId,
    routeKey: '$default',
    stage: '$default',
    time: commonLogTime(now),
    timeEpoch: now,
  };
}

/** The second told last, since thousands of requests come in the same. */
let lastTold = { second: Number.NaN, text: '' };

/** `20/Nov/2026:09:05:00 +0000`, the form of the common log format. */
function commonLogTime(epochMs: number): string {
  const second = Math.floor(epochMs / 1_000);
  if (second !== lastTold.second) {
    const [, day, month, year, time] = new Date(epochMs).toUTCString().split(' ');
    lastTold = { second, text: `${day}/${month}/${year}:${time} +0000` };
  }
  return lastTold.text;
}

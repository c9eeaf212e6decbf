import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isRoleId } from '../caller/role.ts';
import { type Doors, doorOf } from './doors.ts';
import { checkPath } from './path.ts';
import { stripPathPrefix } from './path-prefix.ts';
import { checkQuery } from './query.ts';
import { Refusal } from './refusal.ts';

/** Leaves room for base64 inside Lambda's 6 MB of event. */
export const MAX_BODY_BYTES = 4_000_000;

/** A call as it came in, checked for everything that needs no caller. */
export interface CallRequest {
  readonly method: 'GET' | 'POST';
  /** Below the path prefix and the door, decoded; safe to send as it is. */
  readonly path: string;
  /** The unique id of the IAM role that signed the request, as API Gateway found it; `undefined` for a call that shows its own credential. */
  readonly role: string | undefined;
  /** Without the `?`, as it was on the wire, credentials included. */
  readonly query: string;
  /** Lower-case names; repeated ones joined with `,`. Values are not checked. */
  readonly headers: Readonly<Record<string, string>>;
  /** The caller's bytes, empty for a POST without a body. Always `undefined` for GET: a body there means nothing to WeChat and is dropped. */
  readonly body: Uint8Array | undefined;
  readonly requestId: string;
}

/** The event is not what an HTTP API sends with payload format 2.0: a fault of the set-up, not of the caller. */
export class MalformedEvent extends TypeError {
  override readonly name = 'MalformedEvent';
}

/**
 * Reads an HTTP API event, payload format 2.0
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
 * Checks in this order: the path prefix and path, the door, the method, the query, the size of the body.
 * @throws {Refusal} `outside-path-prefix`, `double-slash`, `malformed-path`, `not-signed`, `signed-only`, `unknown-role`, `method-not-allowed`,
 * `malformed-query`, `body-too-large`
 * @throws {MalformedEvent} naming the field that is missing or of another type
 */
export function parseCallEvent(event: APIGatewayProxyEventV2, pathPrefix: string, doors: Doors): CallRequest {
  checkEvent(event);
  const { http, requestId } = event.requestContext;
  const { door, path } = doorOf(pathBelow(pathPrefix, event.rawPath));
  if (door === 'key' && doors === 'iam') throw new Refusal('signed-only');
  const role = door === 'iam' ? roleIn(event, doors) : undefined;
  const method = methodOf(http.method);
  checkQuery(event.rawQueryString);
  return {
    method,
    path,
    role,
    query: event.rawQueryString,
    headers: lowerCaseNames(event.headers),
    body: method === 'GET' ? undefined : bodyOf(event),
    requestId,
  };
}

function pathBelow(pathPrefix: string, rawPath: string): string {
  const path = stripPathPrefix(rawPath, pathPrefix);
  // A base URL with a slash too many misses the prefix as well, and then that is what to say.
  checkPath(path ?? rawPath);
  if (path === undefined) throw new Refusal('outside-path-prefix');
  return path;
}

/**
 * The id before the colon; behind it is the session's name, which the caller chooses
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html;
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html, "principal key values").
 */
function roleIn(event: APIGatewayProxyEventV2, doors: Doors): string {
  const iam = field(field(event.requestContext, 'authorizer'), 'iam');
  const userId = field(iam, 'userId');
  if (doors === 'key' || typeof userId !== 'string') throw new Refusal('not-signed');
  const [role = ''] = userId.split(':');
  if (!isRoleId(role)) throw new Refusal('unknown-role');
  return role;
}

function methodOf(method: string): CallRequest['method'] {
  if (method === 'GET' || method === 'POST') return method;
  throw new Refusal('method-not-allowed');
}

/** API Gateway's are in lower case. Whatever else invokes the function may spell as it likes. */
function lowerCaseNames(headers: APIGatewayProxyEventV2['headers']): Readonly<Record<string, string>> {
  return hasLowerCaseNames(headers) ? headers : inLowerCase(headers);
}

function hasLowerCaseNames(headers: APIGatewayProxyEventV2['headers']): headers is Record<string, string> {
  return Object.keys(headers).every((name) => headers[name] !== undefined && name === name.toLowerCase());
}

function inLowerCase(headers: APIGatewayProxyEventV2['headers']): Record<string, string> {
  const byName = new Map<string, string>();
  for (const [spelling, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const name = spelling.toLowerCase();
    const before = byName.get(name);
    byName.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(byName);
}

function bodyOf(event: APIGatewayProxyEventV2): Uint8Array {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.byteLength > MAX_BODY_BYTES) throw new Refusal('body-too-large');
  return body;
}

function checkEvent(event: unknown): void {
  if (field(event, 'version') !== '2.0') {
    throw new MalformedEvent(
      'The event is not of payload format 2.0: invoke this function through an HTTP API route only.',
    );
  }
  const name = unusableField(event);
  if (name !== undefined)
    throw new MalformedEvent(`The event has no usable ${name}: invoke this function through an HTTP API route only.`);
}

function unusableField(event: unknown): string | undefined {
  const context = field(event, 'requestContext');
  if (!isText(field(event, 'rawPath'))) return 'rawPath';
  if (!isText(field(event, 'rawQueryString'))) return 'rawQueryString';
  if (!isText(field(context, 'requestId'))) return 'requestContext.requestId';
  if (!isText(field(field(context, 'http'), 'method'))) return 'requestContext.http.method';
  if (!holdsTexts(field(event, 'headers'))) return 'headers';
  if (!isText(field(event, 'body') ?? '')) return 'body';
  return undefined;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function holdsTexts(headers: unknown): boolean {
  return isObject(headers) && Object.values(headers).every((value) => value === undefined || isText(value));
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

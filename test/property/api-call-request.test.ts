import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFields } from '#shared/api-call/issue-gateway-token.ts';
import { Refusal } from '#shared/api-call/refusal.ts';
import { MalformedEvent, parseCallEvent } from '#shared/api-call/request.ts';
import { nearly } from './fuzzing/nearly.ts';

const eventWithBody = (body: string, isBase64Encoded: boolean) => ({
  version: '2.0',
  rawPath: '/cgi-bin/media/upload',
  rawQueryString: 'type=image',
  headers: {},
  requestContext: { requestId: 'request-1', http: { method: 'POST', sourceIp: '192.0.2.7' } },
  body,
  isBase64Encoded,
});

// Only the fields that are read: parsing is what decides whether an event will do.
const parse = (event: object) => parseCallEvent(event as APIGatewayProxyEventV2, '', 'key');

describe('the body of a request', () => {
  it('is every byte that came as base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { body } = parse(eventWithBody(Buffer.from(bytes).toString('base64'), true));
        expect(body).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is the UTF-8 of what came as text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
        expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(parse(eventWithBody(text, false)).body)).toBe(text);
      }),
    );
  });
});

const http = {
  method: 'GET',
  path: '/cgi-bin/menu/get',
  protocol: 'HTTP/1.1',
  sourceIp: '192.0.2.7',
  userAgent: 'sdk',
};
const iam = {
  accountId: '000000000000',
  userArn: 'arn:aws:sts::000000000000:x',
  userId: 'AROAEXAMPLEROLE01234:session',
};
/** Payload format 2.0, as an HTTP API sends it. */
const events = fc.constantFrom(
  {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/cgi-bin/menu/get',
    rawQueryString: 'a=1',
    cookies: ['a=b'],
    headers: { accept: '*/*', authorization: 'Bearer x' },
    queryStringParameters: { a: '1' },
    requestContext: { http, requestId: 'request-1', stage: '$default', timeEpoch: 1_795_176_000_000 },
    isBase64Encoded: false,
  },
  {
    version: '2.0',
    rawPath: '/iam/cgi-bin/menu/create',
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { ...http, method: 'POST' }, requestId: 'request-2', authorizer: { iam } },
    body: 'e30=',
    isBase64Encoded: true,
  },
);
/** Payload format 1.0, as a REST API sends it, and an HTTP API that is set up so. */
const oldEvents = fc.constantFrom(
  {
    version: '1.0',
    resource: '/{proxy+}',
    path: '/cgi-bin/menu/get',
    httpMethod: 'GET',
    headers: { accept: '*/*', authorization: 'Bearer x' },
    multiValueHeaders: { accept: ['*/*'], authorization: ['Bearer x'] },
    queryStringParameters: { a: '1' },
    multiValueQueryStringParameters: { a: ['1'] },
    requestContext: {
      httpMethod: 'GET',
      identity: { sourceIp: '192.0.2.7' },
      requestId: 'request-1',
      stage: '$default',
    },
    pathParameters: { proxy: 'cgi-bin/menu/get' },
    body: null,
    isBase64Encoded: false,
  },
  // A REST API names no version; this one looks like 2.0 in everything else.
  { rawPath: '/cgi-bin/menu/get', rawQueryString: '', headers: {}, requestContext: { http, requestId: 'request-1' } },
);

describe('any event', () => {
  it('becomes a request, a refusal or an error about the event, and nothing else', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: nearly(events, fc.anything()) }, fc.anything()), (event) => {
        const outcome = outcomeOf(event);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }),
    );
    expect([...seen.keys()].toSorted()).toEqual(['a malformed event', 'a refusal', 'a request']);
    // A fuzzer whose events all end alike shows nothing.
    expect(Math.min(...seen.values())).toBeGreaterThan(100);
  });

  it('of payload format 1.0, or of none, whole or with parts missing, is an error about the event', () => {
    fc.assert(
      fc.property(nearly(oldEvents, fc.constantFrom('1.0', 2, '2')), (event) => {
        expect(outcomeOf(event)).toBe('a malformed event');
      }),
    );
  });
});

describe('a body that is read as JSON', () => {
  const objects = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });

  it('gives the fields of an object, and is refused when it was cut short', () => {
    fc.assert(
      fc.property(objects, fc.nat(2), fc.nat(), (object, gap, at) => {
        const body = Buffer.from(JSON.stringify(object, null, gap));
        expect(fieldsIn(body)).toEqual(JSON.parse(body.toString()));
        expect(fieldsIn(body.subarray(0, at % body.length))).toBe('a refusal');
      }),
    );
  });

  it('is refused, or an object with what stands in it, whatever its bytes', () => {
    const nearJson = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '1', 'null', ' ', '\u0000'));
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      nearJson.map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const fields = fieldsIn(body);
        expect(fields === 'a refusal' || Object.getPrototypeOf(fields) === Object.prototype).toBe(true);
      }),
    );
  });
});

function outcomeOf(event: unknown): string {
  try {
    // Parsing is what decides whether an event will do.
    parseCallEvent(event as APIGatewayProxyEventV2, '', 'both');
    return 'a request';
  } catch (error) {
    // These two are what parsing may end in, anything else is a fault of it.
    if (error instanceof Refusal) return 'a refusal';
    if (error instanceof MalformedEvent) return 'a malformed event';
    throw error;
  }
}

function fieldsIn(body: Uint8Array): unknown {
  try {
    return jsonFields(body);
  } catch (error) {
    // The parser's own message would quote the body.
    if (error instanceof Refusal && error.cause === 'malformed-json') return 'a refusal';
    throw error;
  }
}

import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '#shared/api-call/refusal.ts';
import { MalformedEvent, parseCallEvent } from '#shared/api-call/request.ts';

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
const parse = (event: object) => parseCallEvent(event as APIGatewayProxyEventV2, '');

function outcomeOf(event: object): string {
  try {
    return parse(event).method;
  } catch (error) {
    // These two are what parsing may end in, anything else is a fault of it.
    if (error instanceof Refusal) return 'a refusal';
    if (error instanceof MalformedEvent) return 'a malformed event';
    throw error;
  }
}

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

describe('any event at all', () => {
  it('becomes a request, a refusal or an error about the event, and nothing else', () => {
    const near = fc.record(
      {
        version: fc.constantFrom('2.0', '1.0'),
        rawPath: fc.oneof(fc.constant('/cgi-bin/menu/get'), fc.anything()),
        rawQueryString: fc.oneof(fc.constant(''), fc.anything()),
        headers: fc.oneof(fc.constant({}), fc.constant(null), fc.constant(7)),
        requestContext: fc.oneof(
          fc.record({ requestId: fc.constant('r'), http: fc.constant({ method: 'GET', sourceIp: '192.0.2.7' }) }),
          fc.anything(),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(near, (event) => {
        expect(['GET', 'a refusal', 'a malformed event']).toContain(outcomeOf(event));
      }),
      { numRuns: 5_000 },
    );
  });
});

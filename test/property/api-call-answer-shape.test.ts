import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerHeaders } from '#shared/api-call/answer-headers.ts';
import { passThrough } from '#shared/api-call/answer-shape.ts';
import { Refusal } from '#shared/api-call/refusal.ts';
import { upstreamHeaders } from '#shared/api-call/request-headers.ts';

const names = fc.oneof(
  fc.constantFrom(
    'content-type',
    'Content-Type',
    'accept',
    'Wechatmp-Serial',
    'wechatmp-x',
    '__proto__',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const values = fc.string({ unit: 'binary', maxLength: 12 });
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

describe('what passes in either direction', () => {
  it('keeps every byte of a body', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
        const answer = passThrough({ status: 200, headers: [], body });
        expect(Buffer.from(answer.body, 'base64').equals(body)).toBe(true);
      }),
    );
  });

  it('has only headers that undici and API Gateway take', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, values), { maxLength: 8 }), (pairs) => {
        const back = answerHeaders(pairs);
        expect(
          Object.entries(back).every(
            ([name, value]) => /^[A-Za-z-]+$|^wechatmp-/i.test(name) && FIELD_VALUE.test(value),
          ),
        ).toBe(true);
        expect(back['cache-control']).toBe('no-store');
        try {
          const up = upstreamHeaders(Object.fromEntries(pairs));
          expect(Object.keys(up).every((name) => /^[a-z0-9-]+$/.test(name))).toBe(true);
          expect(Object.values(up).every((value) => FIELD_VALUE.test(value))).toBe(true);
        } catch (error) {
          // Refusing is the other right answer.
          if (!(error instanceof Refusal)) throw error;
        }
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { json, passThrough } from '#shared/api-call/answer-shape.ts';

describe("WeChat's answer", () => {
  it('passes through with its status and its bytes, always as base64', () => {
    const whole = Buffer.from('..{"a":12345678901234567890,"b":"\xff"}..', 'latin1');
    const body = new Uint8Array(whole.buffer, whole.byteOffset + 2, whole.byteLength - 4);
    const answer = passThrough({ status: 412, headers: [['Content-Type', 'text/plain']], body });
    expect(answer).toEqual({
      statusCode: 412,
      headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' },
      body: whole.subarray(2, -2).toString('base64'),
      isBase64Encoded: true,
    });
  });

  it('passes through when it is empty', () => {
    expect(passThrough({ status: 200, headers: [], body: new Uint8Array() })).toMatchObject({
      body: '',
      isBase64Encoded: true,
    });
  });
});

describe('an answer of our own', () => {
  it('is JSON that nobody may keep', () => {
    expect(json(503, { ready: false })).toEqual({
      statusCode: 503,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: '{"ready":false}',
      isBase64Encoded: false,
    });
  });
});

import { expect } from 'vitest';
import type { RefusalCause } from '#shared/api-call/refusal.ts';
import type { SocketAnswer } from '../gateway-on-sockets.ts';

/** A refusal on WeChat's paths: HTTP 200 and one compact line of JSON that holds errcode and errmsg and nothing else. */
export function expectWechatError(answer: SocketAnswer, errcode: number, cause: RefusalCause): void {
  const { errmsg } = answer.json();
  expect(answer.text).toBe(JSON.stringify({ errcode, errmsg }));
  expect(errmsg).toMatch(/^[ -~]+$/);
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'x-gateway-error': cause,
    'cache-control': 'no-store',
  });
}

/** A refusal under `/gateway/`: a problem document (RFC 9457) with the status that it names. */
export function expectProblem(answer: SocketAnswer, status: number, cause: RefusalCause): void {
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'x-gateway-error': cause,
    'cache-control': 'no-store',
  });
  expect(answer.json()).toMatchObject({ status, cause, title: expect.any(String), detail: expect.any(String) });
}

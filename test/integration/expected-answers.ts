import { expect } from 'vitest';
import type { SocketAnswer } from '../gateway-on-sockets.ts';

/**
 * Errcode and cause of a refusal on WeChat's paths. Fails unless it is HTTP 200 and one compact line of JSON that holds errcode and errmsg and
 * nothing else.
 */
export function wechatErrorIn(answer: SocketAnswer): readonly [errcode: unknown, cause: unknown] {
  const { errcode, errmsg } = answer.json();
  expect(answer.text).toBe(JSON.stringify({ errcode, errmsg }));
  expect(errmsg).toMatch(/^[ -~]+$/);
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  return [errcode, answer.headers['x-gateway-error']];
}

/** Status and cause of a refusal under `/gateway/`. Fails unless it is a problem document (RFC 9457) that says the same in its body. */
export function problemIn(answer: SocketAnswer): readonly [status: number, cause: unknown] {
  const { status, headers } = answer;
  const cause = headers['x-gateway-error'];
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  expect(answer.json()).toMatchObject({ status, cause, title: expect.any(String), detail: expect.any(String) });
  return [status, cause];
}

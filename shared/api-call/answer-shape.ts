import { STATUS_CODES } from 'node:http';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { UpstreamAnswer } from '../wechat/wechat-api.ts';
import { answerHeaders, NO_STORE } from './answer-headers.ts';
import type { Refusal } from './refusal.ts';

/** An answer as API Gateway takes it, with every field that the gateway sets. */
export interface CallAnswer extends APIGatewayProxyStructuredResultV2 {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Names the cause of a refusal on every answer that is one. */
const CAUSE_HEADER = 'x-gateway-error';

/** WeChat's answer byte for byte: its status, its body, the headers that may pass. Base64 always, so that nothing re-encodes the body. */
export function passThrough(answer: Pick<UpstreamAnswer, 'status' | 'headers' | 'body'>): CallAnswer {
  const { buffer, byteOffset, byteLength } = answer.body;
  return {
    statusCode: answer.status,
    headers: answerHeaders(answer.headers),
    body: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
    isBase64Encoded: true,
  };
}

/**
 * A refusal on WeChat's paths: HTTP 200 and one compact line of JSON, as WeChat answers its own errors. SDKs lose the errcode with any other
 * status.
 */
export function wechatError(refusal: Refusal): CallAnswer {
  return textAnswer(200, JSON.stringify({ errcode: refusal.errcode, errmsg: refusal.errmsg }), {
    'content-type': 'application/json',
    [CAUSE_HEADER]: refusal.cause,
  });
}

/**
 * A refusal under `/gateway/`: a problem document (RFC 9457) with its own status. The type stays `about:blank`, so the title is the
 * status's phrase; `cause` and `errcode` are ours, or WeChat's errcode where its word is passed on.
 * @param allow the methods that a 405 names as those which would do
 */
export function problem(
  refusal: Pick<Refusal, 'errcode' | 'errmsg' | 'httpStatus'> & { readonly cause: string },
  allow = 'GET, POST',
): CallAnswer {
  const { cause, errcode, httpStatus } = refusal;
  const document = { title: STATUS_CODES[httpStatus], status: httpStatus, detail: refusal.errmsg, cause, errcode };
  return textAnswer(httpStatus, JSON.stringify(document), {
    'content-type': 'application/problem+json',
    [CAUSE_HEADER]: cause,
    ...requiredBy(httpStatus, allow),
  });
}

/** A good answer of an endpoint under `/gateway/`. */
export function json(status: number, value: unknown): CallAnswer {
  return textAnswer(status, JSON.stringify(value), { 'content-type': 'application/json' });
}

/** RFC 9110 sections 11.6.1 and 15.5.6: these statuses come with a header that says what would do. */
function requiredBy(httpStatus: number, allow: string): Record<string, string> {
  if (httpStatus === 401) return { 'www-authenticate': 'Bearer' };
  if (httpStatus === 405) return { allow };
  return {};
}

function textAnswer(statusCode: number, body: string, headers: Readonly<Record<string, string>>): CallAnswer {
  return { statusCode, headers: { ...headers, ...NO_STORE }, body, isBase64Encoded: false };
}

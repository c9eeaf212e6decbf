import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type HttpAnswer, toHttpAnswer } from './http-answer.ts';
import { type HttpEventHead, readEventHead, toHttpEvent } from './http-event.ts';
import { exceedsLambdaPayload } from './lambda-payload-limit.ts';
import { invokeFunction, type LocalFunction } from './local-function.ts';
import { type LoopbackServer, listenOnLoopback } from './loopback-server.ts';
import { readBody } from './read-body.ts';

/** Which function answers, and where. */
export interface HttpAdapterSettings {
  readonly function: LocalFunction;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** Told why a call got 500 or 503. The client only learns what API Gateway's clients learn. */
  readonly onFunctionError: (error: unknown) => void;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Beyond it Node answers 431 itself. Far above what {@link readEventHead} takes, which does not count header names. */
const MAX_PARSED_HEAD_BYTES = 65_536;
/** Longer ones are not worth a copy. */
const SHORT_BODY_BYTES = 16_384;
/** Longer than clients keep a connection, so that they and not we end an idle one. */
const KEEP_ALIVE_MS = 75_000;

/**
 * API Gateway's HTTP API in front of one function: payload format 2.0, route and stage `$default`, with its limits, its own refusals and
 * its way of decoding paths. Not played: authorisers, CORS, throttling, the 30 s limit (the function's timeout is the shorter one).
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @throws {Error} when the port is taken
 */
export function startHttpAdapter(settings: HttpAdapterSettings): Promise<LoopbackServer> {
  const limits = { maxHeaderSize: MAX_PARSED_HEAD_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, optimizeEmptyRequests: true };
  const server = createServer(limits, (request, response) => {
    // A client that hangs up while we write needs no answer; Node destroys the response by itself.
    response.on('error', () => {});
    void answerRequest(request, response, settings);
  });
  return listenOnLoopback(server, settings.port ?? 0);
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  settings: HttpAdapterSettings,
): Promise<void> {
  const requestId = randomUUID();
  const head = readEventHead(request);
  if ('refusal' in head) {
    return refuse(response, head.refusal.status, head.refusal.message, requestId);
  }
  const event = hasBody(request, head)
    ? await receiveEvent(request, head, requestId)
    : toHttpEvent(request, head, NOTHING, requestId);
  if (event === 'aborted') {
    return;
  }
  if (event === 'too-large') {
    return refuse(response, 413, 'Request Entity Too Large', requestId);
  }
  await answerEvent(event, response, settings);
}

const NOTHING = Buffer.alloc(0);

function hasBody(request: IncomingMessage, head: HttpEventHead): boolean {
  return request.headers['transfer-encoding'] !== undefined || (head.headers['content-length'] ?? '0') !== '0';
}

/** Apart from what waits for the answer: the body's own bytes are let go of here, and the function keeps their base64 alone. */
async function receiveEvent(
  request: IncomingMessage,
  head: HttpEventHead,
  requestId: string,
): Promise<APIGatewayProxyEventV2 | 'too-large' | 'aborted'> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (typeof body === 'string') {
    return body;
  }
  const event = toHttpEvent(request, head, body, requestId);
  return exceedsLambdaPayload(event) ? 'too-large' : event;
}

async function answerEvent(
  event: APIGatewayProxyEventV2,
  response: ServerResponse,
  settings: HttpAdapterSettings,
): Promise<void> {
  const { requestId } = event.requestContext;
  const outcome = await invokeFunction(settings.function, event);
  if (outcome.kind === 'timed-out') {
    settings.onFunctionError(outcome.error);
    return refuse(response, 503, 'Service Unavailable', requestId);
  }
  try {
    if (outcome.kind === 'failed') {
      throw outcome.error;
    }
    send(response, readAnswer(outcome.answer), requestId);
  } catch (error) {
    // The function's own error, or an answer that API Gateway or HTTP cannot take: the client gets the same 500 for each.
    settings.onFunctionError(error);
    refuse(response, 500, 'Internal Server Error', requestId);
  }
}

function readAnswer(answer: unknown): HttpAnswer {
  if (typeof answer === 'object' && answer !== null && exceedsLambdaPayload(answer)) {
    throw new Error("The function's answer is larger than Lambda lets through.");
  }
  return toHttpAnswer(answer);
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer, requestId: string): void {
  headers.push('apigw-requestid', requestId);
  if (status !== 204 && status !== 304) {
    headers.push('content-length', String(Buffer.byteLength(body)));
  }
  response.writeHead(status, headers);
  // As latin1, a character per byte, a short body goes out in one piece with its head: Node writes bytes as a second one.
  if (typeof body !== 'string' && body.byteLength <= SHORT_BODY_BYTES) response.end(body.toString('latin1'), 'latin1');
  else response.end(body);
}

function refuse(response: ServerResponse, status: number, message: string, requestId: string): void {
  const headers = ['content-type', 'application/json'];
  send(response, { status, headers, body: JSON.stringify({ message }) }, requestId);
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { functionErrorPayload } from './function-error-payload.ts';
import { MAX_LAMBDA_PAYLOAD_BYTES } from './lambda-payload-limit.ts';
import { type FunctionOutcome, functionArn, invokeFunction, type LocalFunction } from './local-function.ts';
import { type LoopbackServer, listenOnLoopback } from './loopback-server.ts';
import { readBody } from './read-body.ts';

/** What to run and where. */
export interface LambdaEndpointSettings {
  readonly functions: readonly LocalFunction[];
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** Told about every failed or timed-out invocation: an asynchronous one has nobody else to tell. */
  readonly onFunctionError: (functionName: string, error: unknown) => void;
}

/** Lambda's Invoke API on this machine. */
export interface LambdaEndpoint extends LoopbackServer {
  /** How often the function was started, of both invocation types; 0 for one that does not exist. */
  invocations(functionName: string): number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ASYNC_PAYLOAD_BYTES = 1_048_576;
const INVOKE_PATH = /^\/2015-03-31\/functions\/([\w-]+)\/invocations(?:\?|$)/;

/**
 * Serves `POST /2015-03-31/functions/{name}/invocations` for the SDK's Lambda client, with the invocation types RequestResponse, Event
 * (answered at once; closing waits for it; never retried) and DryRun. Functions are named by name, not by ARN.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function startLambdaEndpoint(settings: LambdaEndpointSettings): Promise<LambdaEndpoint> {
  const invoker = new Invoker(settings);
  const server = createServer((request, response) => {
    void invoker.answer(request, response);
  });
  const listening = await listenOnLoopback(server, settings.port ?? 0);
  return {
    endpoint: listening.endpoint,
    invocations: (functionName) => invoker.counts.get(functionName) ?? 0,
    close: async (graceMs = 2000) => {
      await listening.close(graceMs);
      await Promise.race([Promise.all(invoker.background), delay(graceMs, undefined, { ref: false })]);
    },
  };
}

class Invoker {
  readonly counts = new Map<string, number>();
  readonly background = new Set<Promise<unknown>>();
  readonly #functions: ReadonlyMap<string, LocalFunction>;
  readonly #onFunctionError: LambdaEndpointSettings['onFunctionError'];

  constructor({ functions, onFunctionError }: LambdaEndpointSettings) {
    this.#functions = new Map(functions.map((localFunction) => [localFunction.name, localFunction]));
    this.#onFunctionError = onFunctionError;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = INVOKE_PATH.exec(request.url ?? '')?.[1] ?? '';
    const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse');
    const limitBytes = type === 'Event' ? MAX_ASYNC_PAYLOAD_BYTES : MAX_LAMBDA_PAYLOAD_BYTES;
    const body = await readBody(request, limitBytes);
    const localFunction = this.#functions.get(name);
    if (localFunction === undefined) {
      sendError(response, 404, 'ResourceNotFoundException', `Function not found: ${functionArn(name)}`);
    } else if (body === 'too-large') {
      const message = `The payload is too large for the ${type} invocation type (limit ${limitBytes} bytes)`;
      sendError(response, 413, 'RequestTooLargeException', message);
    } else if (body !== 'aborted') {
      await this.#answerInvocation(localFunction, type, body, response);
    }
  }

  async #answerInvocation(
    localFunction: LocalFunction,
    type: string,
    body: Buffer,
    response: ServerResponse,
  ): Promise<void> {
    const event = parseEvent(body);
    if (event === undefined) {
      sendError(response, 400, 'InvalidRequestContentException', 'Could not parse request body into json');
    } else if (type === 'DryRun') {
      response.writeHead(204).end();
    } else if (type === 'Event') {
      const invocation = this.#invoke(localFunction, event.value).finally(() => this.background.delete(invocation));
      this.background.add(invocation);
      response.writeHead(202).end();
    } else {
      sendResult(response, await this.#invoke(localFunction, event.value));
    }
  }

  async #invoke(localFunction: LocalFunction, event: unknown): Promise<InvocationResult> {
    this.counts.set(localFunction.name, (this.counts.get(localFunction.name) ?? 0) + 1);
    const result = toResult(await invokeFunction(localFunction, event));
    if (result.failure !== undefined) {
      this.#onFunctionError(localFunction.name, result.failure.error);
    }
    return result;
  }
}

/** What goes back to the invoker; `failure` makes it a function error. */
interface InvocationResult {
  readonly payload: string;
  readonly failure?: { readonly error: unknown };
}

/** Boxed, because `null` is an event like any other. */
function parseEvent(body: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: body.length === 0 ? {} : JSON.parse(body.toString()) };
  } catch {
    // Not JSON: the invoker is told so without a quotation of the payload, which may carry a secret.
    return undefined;
  }
}

function toResult(outcome: FunctionOutcome): InvocationResult {
  if (outcome.kind !== 'answered') {
    return failed(outcome.error);
  }
  const payload = stringify(outcome.answer);
  if (payload === undefined) {
    return failed(new Error('Unable to stringify response body'));
  }
  if (Buffer.byteLength(payload) <= MAX_LAMBDA_PAYLOAD_BYTES) {
    return { payload };
  }
  const limit = `maximum allowed payload size (${MAX_LAMBDA_PAYLOAD_BYTES} bytes)`;
  const error = new Error(`Response payload size exceeded ${limit}.`);
  error.name = 'Function.ResponseSizeTooLarge';
  return failed(error);
}

function failed(error: unknown): InvocationResult {
  return { payload: functionErrorPayload(error), failure: { error } };
}

function stringify(answer: unknown): string | undefined {
  try {
    return JSON.stringify(answer ?? null);
  } catch {
    // A cycle or a BigInt: the caller makes the function error of it that Lambda's runtime reports.
    return undefined;
  }
}

function sendError(response: ServerResponse, status: number, errorType: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': errorType });
  response.end(JSON.stringify({ Type: 'User', Message: message }));
}

function sendResult(response: ServerResponse, { payload, failure }: InvocationResult): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
    ...(failure === undefined ? {} : { 'x-amz-function-error': 'Unhandled' }),
  });
  response.end(payload);
}

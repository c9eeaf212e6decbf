import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

/** One function of ours as Lambda would run it. */
export interface LocalFunction {
  readonly name: string;
  /** As the stack sets it. */
  readonly timeoutMs: number;
  // A method, not a property: TypeScript then takes handlers that name their own event type. Each handler checks what it is given.
  handler(event: unknown, context: Context): unknown;
}

/** How one invocation ended. */
export type FunctionOutcome =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'timed-out'; readonly error: Error };

/**
 * Runs one invocation in this process and never rejects. A timed-out handler cannot be stopped as a Lambda environment would be: it
 * goes on, and what becomes of it is ignored.
 *
 * The timeout runs on real time, like the early timeout inside the handler that it has to agree with.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export async function invokeFunction(localFunction: LocalFunction, event: unknown): Promise<FunctionOutcome> {
  const requestId = randomUUID();
  const { promise: ended, resolve: end } = Promise.withResolvers<FunctionOutcome>();
  const timer = setTimeout(() => {
    end({ kind: 'timed-out', error: timeoutError(localFunction, requestId) });
  }, localFunction.timeoutMs);
  void run(localFunction, event, createContext(localFunction, requestId)).then(end);
  const outcome = await ended;
  clearTimeout(timer);
  return outcome;
}

async function run(localFunction: LocalFunction, event: unknown, context: Context): Promise<FunctionOutcome> {
  try {
    return { kind: 'answered', answer: await localFunction.handler(event, context) };
  } catch (error) {
    // Not swallowed: it is the invocation's outcome, and whoever invoked it reports it.
    return { kind: 'failed', error };
  }
}

function timeoutError({ timeoutMs }: LocalFunction, requestId: string): Error {
  const seconds = (timeoutMs / 1000).toFixed(2);
  const error = new Error(`RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`);
  error.name = 'Sandbox.Timedout';
  return error;
}

function createContext({ name, timeoutMs }: LocalFunction, awsRequestId: string): Context {
  const endsAt = performance.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn(name),
    memoryLimitInMB: '512',
    awsRequestId,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(endsAt - performance.now())),
    done: noCallbacks,
    fail: noCallbacks,
    succeed: noCallbacks,
  };
}

/** The ARN that a local function goes by in its context and in error texts. */
export function functionArn(functionName: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
}

function noCallbacks(): never {
  throw new Error('The Node.js 24 runtime has no callbacks: return a value or throw.');
}

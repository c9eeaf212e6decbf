import { InvokeCommand, type InvokeCommandOutput } from '@aws-sdk/client-lambda';
import type { Clock } from '../clock.ts';
import { createInvokeOnceClient } from '../lambda/invoke-once-client.lambda.ts';
import { parseAppSecretAnswer } from './app-secret-answer.ts';
import { type AppSecretCaller, AppSecretCallFailed } from './app-secret-caller.ts';

/** Node's codes for a connection that did not come about (https://nodejs.org/api/errors.html#common-system-errors). */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const CONNECT_TIMED_OUT = /did not establish a connection/;

/** {@link AppSecretCaller} through Lambda's Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export function createLambdaAppSecretCaller(functionName: string, clock: Pick<Clock, 'now'>): AppSecretCaller {
  const client = createInvokeOnceClient();
  return {
    async call(call) {
      const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(call)) });
      const wasHandedOver = witnessHandover(command);
      const abortSignal = AbortSignal.timeout(Math.max(1, call.deadline - clock.now()));
      try {
        return answerOf(functionName, await client.send(command, { abortSignal }));
      } catch (error) {
        if (error instanceof AppSecretCallFailed) throw error;
        const sent = wasHandedOver() && !isCertainlyNotRun(error);
        throw new AppSecretCallFailed(`${functionName} could not be run: ${nameOf(error)}`, sent, error);
      }
    },
  };
}

/** Tells whether the signed request reached the HTTP client: before that, nothing can have been sent. */
function witnessHandover(command: InvokeCommand): () => boolean {
  let handedOver = false;
  command.middlewareStack.add(
    (next) => async (args) => {
      handedOver = true;
      return next(args);
    },
    { step: 'deserialize', priority: 'low' },
  );
  return () => handedOver;
}

function answerOf(functionName: string, { FunctionError, Payload }: InvokeCommandOutput) {
  // A failed function may have failed at any moment.
  if (FunctionError !== undefined) throw new AppSecretCallFailed(`${functionName} failed: ${FunctionError}`, true);
  const answer = parseAppSecretAnswer(Payload);
  if (answer === undefined) throw new AppSecretCallFailed(`${functionName} answered what is no answer of its`, true);
  return answer;
}

/**
 * No connection came about, or Lambda refused the invocation. What the client calls a timeout may as well be a reset or a silent peer: only its words
 * tell the timeout of connecting from those, and when they change, the call counts as sent.
 */
function isCertainlyNotRun(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error) return NOT_CONNECTED.has(error.code);
  if (error.name === 'TimeoutError') return CONNECT_TIMED_OUT.test(error.message);
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500;
}

function statusOf(error: Error): number | undefined {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

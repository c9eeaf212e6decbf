import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { operatorEvent } from '#shared/access-token/refresh-event.ts';
import type { RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';
import { OperatorFailure } from './operator-failure.ts';
import type { RefreshFunction } from './refresh-function.ts';

const LONGEST_MESSAGE = 300;

const text = v.optional(v.string());
const failure = v.object({
  class: v.picklist(['unavailable', 'quota', 'rejected']),
  cause: v.string(),
  errcode: v.optional(v.number()),
  rid: text,
  egressAddress: text,
  secretVersion: text,
});

/** What the function answers to an operator; `cooling` never, for an operator's refresh waits for no cooldown. */
const answer = v.variant('kind', [
  v.object({ kind: v.literal('committed'), fingerprint: v.string(), expiresAt: v.number(), forced: v.boolean() }),
  v.object({ kind: v.picklist(['superseded', 'kept', 'not-needed', 'held', 'unknown-account']) }),
  v.object({ kind: v.literal('failed'), failure }),
  v.object({
    kind: v.literal('not-allowed'),
    cause: v.picklist(['issues-used-up', 'forced-too-soon', 'forced-issues-used-up']),
    retryAt: v.number(),
  }),
]);

const thrown = v.object({ errorType: v.optional(v.string(), 'Error'), errorMessage: v.optional(v.string(), '') });

/** {@link RefreshFunction} through Lambda's Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export function createLambdaRefreshFunction(client: LambdaClient, functionName: string): RefreshFunction {
  return {
    async run(appId, request) {
      const event = Buffer.from(JSON.stringify(operatorEvent(appId, request)));
      const { Payload, FunctionError } = await client.send(
        new InvokeCommand({ FunctionName: functionName, Payload: event }),
      );
      const content: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
      if (FunctionError !== undefined) throw functionFailure(functionName, content);
      return outcomeIn(functionName, content);
    },
  };
}

function outcomeIn(functionName: string, content: unknown): RefreshOutcome {
  const parsed = v.safeParse(answer, content);
  if (parsed.success) return parsed.output;
  throw new OperatorFailure(`${functionName} answers in another version's form: deploy the stack with this version.`);
}

function functionFailure(functionName: string, content: unknown): OperatorFailure {
  const { errorType, errorMessage } = v.parse(v.fallback(thrown, { errorType: 'Error', errorMessage: '' }), content);
  const message = errorMessage.replaceAll(/\s+/g, ' ').slice(0, LONGEST_MESSAGE);
  return new OperatorFailure(`${functionName} failed with ${errorType}: ${message}. Its log says more.`);
}

import type { LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { operatorEvent } from '#shared/access-token/refresh-event.ts';
import { invokeForAnswer } from './invoke-for-answer.lambda.ts';
import { refreshFailure } from './refresh-failure.ts';
import type { RefreshFunction } from './refresh-function.ts';

/** What the function answers to an operator; `cooling` never, for an operator's refresh waits for no cooldown. */
const answer = v.variant('kind', [
  v.object({ kind: v.literal('committed'), fingerprint: v.string(), expiresAt: v.number(), forced: v.boolean() }),
  v.object({ kind: v.picklist(['superseded', 'kept', 'not-needed', 'held', 'unknown-account']) }),
  v.object({ kind: v.literal('failed'), failure: refreshFailure }),
  v.object({
    kind: v.literal('not-allowed'),
    cause: v.picklist(['issues-used-up', 'forced-too-soon', 'forced-issues-used-up']),
    retryAt: v.number(),
  }),
]);

/** {@link RefreshFunction} through Lambda's Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export function createLambdaRefreshFunction(client: LambdaClient, functionName: string): RefreshFunction {
  return {
    run: (appId, request) => invokeForAnswer(client, functionName, operatorEvent(appId, request), answer),
  };
}

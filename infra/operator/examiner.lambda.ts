import type { LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { examineEvent } from '#shared/access-token/refresh-event.ts';
import type { Examiner } from './examiner.ts';
import { invokeForAnswer } from './invoke-for-answer.lambda.ts';
import { refreshFailure } from './refresh-failure.ts';

const host = v.variant('kind', [
  v.object({
    kind: v.literal('answered'),
    origin: v.string(),
    nameMs: v.optional(v.number()),
    connectMs: v.number(),
    answerMs: v.number(),
    status: v.number(),
    clockAheadMs: v.optional(v.number()),
  }),
  v.object({
    kind: v.literal('failed'),
    origin: v.string(),
    nameMs: v.optional(v.number()),
    failure: v.picklist([
      'dns',
      'connect',
      'connect-timeout',
      'tls',
      'first-byte-timeout',
      'deadline',
      'reset',
      'malformed',
      'answer-too-large',
    ]),
  }),
]);

const upstream = v.object({
  kind: v.literal('upstream'),
  startedAt: v.number(),
  tookMs: v.number(),
  hosts: v.array(host),
});

const secret = v.variant('kind', [
  v.object({ kind: v.literal('accepted') }),
  v.object({ kind: v.literal('held') }),
  v.object({
    kind: v.literal('not-allowed'),
    cause: v.picklist(['issues-used-up', 'forced-too-soon', 'forced-issues-used-up']),
    retryAt: v.number(),
  }),
  v.object({ kind: v.literal('failed'), failure: refreshFailure }),
]);

const callback = v.variant('kind', [
  v.object({ kind: v.picklist(['not-configured', 'reachable', 'unknown']) }),
  v.object({ kind: v.literal('unreachable'), addresses: v.array(v.string()) }),
  v.object({ kind: v.literal('refused'), errcode: v.number() }),
]);

const account = v.variant('kind', [
  v.object({ kind: v.picklist(['unknown-account', 'disabled']) }),
  v.object({
    kind: v.literal('examined'),
    secret,
    token: v.picklist(['works', 'refused', 'unclear', 'none']),
    addressSeen: v.optional(v.string()),
    callback,
  }),
]);

/** {@link Examiner} through Lambda's Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export function createLambdaExaminer(client: LambdaClient, functionName: string): Examiner {
  return {
    upstream: () => invokeForAnswer(client, functionName, examineEvent(undefined), upstream),
    account: (appId) => invokeForAnswer(client, functionName, examineEvent(appId), account),
  };
}

import type { LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { quotaEvent } from '#shared/quota/quota-request.ts';
import { invokeForAnswer } from './invoke-for-answer.lambda.ts';
import type { QuotaFunction } from './quota-function.ts';

const learntQuota = v.object({
  dailyLimit: v.number(),
  used: v.number(),
  counted: v.number(),
  at: v.number(),
  rateLimit: v.optional(v.object({ calls: v.number(), seconds: v.number() })),
});

const endpoint = v.string();

const learning = v.object({
  appId: v.string(),
  endpoints: v.array(
    v.variant('outcome', [
      v.object({ endpoint, outcome: v.literal('learnt'), quota: learntQuota }),
      v.object({ endpoint, outcome: v.literal('without-quota'), errcode: v.number() }),
      v.object({ endpoint, outcome: v.literal('failed'), cause: v.string() }),
    ]),
  ),
  notAsked: v.number(),
});

const clearOutcome = v.variant('outcome', [
  v.object({ outcome: v.literal('cleared'), by: v.picklist(['access-token', 'app-secret']) }),
  v.object({ outcome: v.literal('allowance-used-up') }),
  v.object({ outcome: v.literal('refused'), errcode: v.number() }),
  v.object({ outcome: v.picklist(['unknown', 'not-sent']), cause: v.string() }),
]);

const recordedRequest = v.object({
  at: v.number(),
  tookMs: v.number(),
  url: v.string(),
  body: v.string(),
  answer: v.string(),
  clientIp: v.string(),
});

const ridLookUp = v.variant('outcome', [
  v.object({ outcome: v.literal('found'), request: recordedRequest }),
  v.object({ outcome: v.literal('refused'), errcode: v.number() }),
  v.object({ outcome: v.literal('failed'), cause: v.string() }),
]);

/** {@link QuotaFunction} through Lambda's Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export function createLambdaQuotaFunction(client: LambdaClient, functionName: string): QuotaFunction {
  const run = <Schema extends v.GenericSchema>(request: Parameters<typeof quotaEvent>[0], schema: Schema) =>
    invokeForAnswer(client, functionName, quotaEvent(request), schema);
  return {
    learn: (appId) => run({ kind: 'learn', appId, endpoint: undefined }, learning),
    clear: (appId, path) => run({ kind: 'clear', appId, endpoint: path }, clearOutcome),
    lookUpRid: (appId, rid) => run({ kind: 'rid', appId, rid }, ridLookUp),
  };
}

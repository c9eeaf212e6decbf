import { InvokeCommand } from '@aws-sdk/client-lambda';
import { createInvokeOnceClient } from '../lambda/invoke-once-client.lambda.ts';
import type { QuotaLearner } from './quota-learner.ts';
import { quotaEvent } from './quota-request.ts';

/** Starting takes milliseconds; a call that is being answered must not wait for a silent peer. */
const STARTING_MS = 3_000;

/** {@link QuotaLearner} by an asynchronous invocation (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export function createLambdaQuotaLearner(functionName: string): QuotaLearner {
  const client = createInvokeOnceClient();
  return {
    async learn(appId, endpoint) {
      const payload = JSON.stringify(quotaEvent({ kind: 'learn', appId, endpoint }));
      const command = new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'Event',
        Payload: Buffer.from(payload),
      });
      await client.send(command, { abortSignal: AbortSignal.timeout(STARTING_MS) });
    },
  };
}

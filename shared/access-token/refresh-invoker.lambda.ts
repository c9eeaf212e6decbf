import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Clock } from '../clock.ts';
import { createInvokeOnceClient } from '../lambda/invoke-once-client.lambda.ts';
import { healEvent } from './refresh-event.ts';
import type { RefreshInvoker } from './refresh-invoker.ts';

/** `refresh-access-token` ran and failed; its own log says why. */
export class RefreshFunctionFailed extends Error {
  override readonly name = 'RefreshFunctionFailed';
}

/** {@link RefreshInvoker} through Lambda's Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export function createLambdaRefreshInvoker(functionName: string, clock: Pick<Clock, 'now'>): RefreshInvoker {
  const client = createInvokeOnceClient();
  return {
    async invoke(appId, refusedFingerprint, deadline) {
      const payload = JSON.stringify(healEvent(appId, refusedFingerprint));
      const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(payload) });
      const abortSignal = AbortSignal.timeout(Math.max(1, deadline - clock.now()));
      const { FunctionError } = await client.send(command, { abortSignal });
      if (FunctionError !== undefined) throw new RefreshFunctionFailed(`${functionName} failed: ${FunctionError}`);
    },
  };
}

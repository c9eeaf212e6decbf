import { LambdaClient } from '@aws-sdk/client-lambda';

const CONNECT_TIMEOUT_MS = 2_000;

/** A client for invocations that must not happen twice: one attempt each, on a connection of its own. */
export function createInvokeOnceClient(): LambdaClient {
  return new LambdaClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      // A connection kept over a freeze of this environment is dead, and an invocation that dies on it may not be repeated.
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
    },
  });
}

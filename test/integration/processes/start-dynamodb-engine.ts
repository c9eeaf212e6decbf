import type { LoopbackServer } from '../../../infra/local/loopback-server.ts';
import { startChild } from './child.ts';

/** The embedded DynamoDB in a process of its own, so that a thousand clients do not share an event loop with it. */
export async function startDynamodbEngine(): Promise<LoopbackServer> {
  const child = startChild<string>('./dynamodb-engine.ts');
  return { endpoint: await child.message, close: () => child.end() };
}

import type { LoopbackServer } from '../../../infra/local/loopback-server.ts';
import { PROJECT_ENGINE } from '../../dynamodb-engine.ts';
import { TABLE_NAME } from '../../gateway-rig.ts';
import { startChild } from './child.ts';

/** The project's engine in a process that is not this one, so that a thousand clients do not share an event loop with it. */
export async function startDynamodbEngine(): Promise<LoopbackServer> {
  if (PROJECT_ENGINE.isOutside) return PROJECT_ENGINE.start(TABLE_NAME);
  const child = startChild<string>('./dynamodb-engine.ts');
  return { endpoint: await child.message, close: () => child.end() };
}

import { handler } from '../../../functions/refresh-access-token/handler.ts';
import { invokeFunction } from '../../../infra/local/local-function.ts';

/** One invocation of the real Lambda entry with the event in the first argument. Sends the answer. */
const outcome = await invokeFunction(
  { name: 'refresh-access-token', timeoutMs: 58_000, handler: (event, context) => handler(event, context) },
  JSON.parse(process.argv[2] ?? '{}'),
);
if (outcome.kind !== 'answered') throw outcome.error;
process.send?.(outcome.answer, () => process.exit());

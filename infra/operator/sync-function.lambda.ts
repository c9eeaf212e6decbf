import type { LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { SERVER_IP_LISTS } from '#shared/server-ips/server-ip-list.ts';
import type { SyncAnswer } from '#shared/server-ips/sync-answer.ts';
import { approvalEvent } from '#shared/server-ips/sync-event.ts';
import { invokeForAnswer } from './invoke-for-answer.lambda.ts';
import type { SyncFunction } from './sync-function.ts';

const count = v.optional(v.number());

const listAnswer = v.object({
  list: v.picklist(SERVER_IP_LISTS),
  outcome: v.picklist(['unchanged', 'changed', 'pending', 'refused', 'not-fetched', 'busy', 'nothing-pending']),
  version: v.number(),
  ranges: v.number(),
  account: v.optional(v.string()),
  added: count,
  removed: count,
  pendingDays: count,
  refused: v.optional(v.object({ reason: v.string(), text: v.string() })),
  failedAccounts: v.array(v.object({ account: v.string(), cause: v.string() })),
  untold: v.number(),
});

const firewallReport = v.object({
  firewall: v.string(),
  list: v.picklist(SERVER_IP_LISTS),
  outcome: v.variant('outcome', [
    v.object({ outcome: v.literal('unchanged') }),
    v.object({ outcome: v.literal('changed'), added: v.number(), removed: v.number() }),
    v.object({ outcome: v.literal('failed'), reason: v.string() }),
  ]),
});

const answer = v.object({ lists: v.array(listAnswer), firewalls: v.array(firewallReport) });

/** {@link SyncFunction} through Lambda's Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export function createLambdaSyncFunction(client: LambdaClient, functionName: string): SyncFunction {
  const run = (event: object): Promise<SyncAnswer> => invokeForAnswer(client, functionName, event, answer);
  return { sync: () => run({}), approve: (list, since) => run(approvalEvent(list, since)) };
}

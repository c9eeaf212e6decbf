import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { endOfLease } from '../access-token/token-updates.dynamodb.ts';
import { type ConditionalUpdate, updateItem } from '../table/conditional-update.dynamodb.ts';
import { getItem } from '../table/get-item.dynamodb.ts';
import { ticketKey } from '../table/keys.ts';
import type { TicketName } from './ticket.ts';
import { ticketStateOf } from './ticket-item.dynamodb.ts';
import type { TicketStore, TicketWriteOutcome } from './ticket-store.ts';
import { acquireUpdate, commitUpdate, failUpdate, prolongUpdate } from './ticket-updates.dynamodb.ts';

/** {@link TicketStore} in the one DynamoDB table. `client` should be set to fail within a lease when the table does not answer. */
export function createDynamoTicketStore(client: DynamoDBClient, tableName: string): TicketStore {
  const read = async ({ appId, type }: TicketName, consistent: boolean) =>
    ticketStateOf(await getItem(client, tableName, ticketKey(appId, type), consistent));

  const update = async ({ appId, type }: TicketName, write: ConditionalUpdate): Promise<TicketWriteOutcome> => {
    const { won, item } = await updateItem(client, tableName, ticketKey(appId, type), write);
    return { won, state: ticketStateOf(item) };
  };

  return {
    read: (name) => read(name, true),
    glance: (name) => read(name, false),
    acquire: (name, leaseId, version, now) => update(name, acquireUpdate(leaseId, version, now)),
    prolong: (name, leaseId, leaseEnd) => update(name, prolongUpdate(leaseId, leaseEnd)),
    commit: (name, leaseId, version, ticket) => update(name, commitUpdate(leaseId, version, ticket)),
    fail: (name, leaseId, failure, count, cooldownEnd) =>
      update(name, failUpdate(leaseId, failure, count, cooldownEnd)),
    release: (name, leaseId) => update(name, endOfLease(leaseId)),
  };
}

import { LEASE_DURATION_MS } from '../access-token/lease-rules.ts';
import { LEASE_FREE, LEASE_MINE, NOT_COOLING } from '../access-token/token-updates.dynamodb.ts';
import type { ConditionalUpdate } from '../table/conditional-update.dynamodb.ts';
import type { Ticket } from './ticket.ts';
import { renewAt } from './ticket-rules.ts';
import type { TicketFailure } from './ticket-state.ts';

const NO_TICKET_OR_DUE = '(attribute_not_exists(ticketValue) OR expiresAt <= :now OR renewAt <= :now)';
const VERSION_UNCHANGED = '(attribute_not_exists(ticketVersion) OR ticketVersion = :version)';

/** Takes the lease: every clause of {@link TicketStore.acquire} in one condition. */
export function acquireUpdate(leaseId: string, version: number, now: number): ConditionalUpdate {
  return {
    when: [LEASE_FREE, NOT_COOLING, VERSION_UNCHANGED, NO_TICKET_OR_DUE],
    // The version is unchanged; writing it makes a new item a complete one.
    set: { leaseId, leaseEnd: now + LEASE_DURATION_MS, ticketVersion: version },
    values: { ':now': now, ':version': version },
    happened: (item) => item['leaseId']?.S === leaseId,
  };
}

/** Moves the end of the own lease. */
export function prolongUpdate(leaseId: string, leaseEnd: number): ConditionalUpdate {
  return {
    when: [LEASE_MINE],
    set: { leaseEnd },
    values: { ':leaseId': leaseId },
    happened: (item) => item['leaseId']?.S === leaseId && item['leaseEnd']?.N === String(leaseEnd),
  };
}

/** Stores a ticket if nothing was committed since `version`. */
export function commitUpdate(leaseId: string, version: number, ticket: Ticket): ConditionalUpdate {
  const { value, sentAt, expiresAt } = ticket;
  return {
    when: ['ticketVersion = :version'],
    set: {
      ticketValue: value,
      sentAt,
      expiresAt,
      renewAt: renewAt(ticket),
      ticketVersion: version + 1,
      doneLeaseId: leaseId,
      failureCount: 0,
    },
    remove: ['cooldownEnd', 'failureCause', 'failureErrcode', 'failureErrmsg'],
    values: { ':version': version },
    happened: (item) => item['doneLeaseId']?.S === leaseId && item['ticketValue']?.S === value,
  };
}

/** Ends the own lease with a failure. */
export function failUpdate(
  leaseId: string,
  { cause, refused }: TicketFailure,
  count: number,
  cooldownEnd: number,
): ConditionalUpdate {
  return {
    when: [LEASE_MINE],
    set: {
      failureCause: cause,
      failureErrcode: refused?.errcode,
      failureErrmsg: refused?.errmsg,
      failureCount: count,
      cooldownEnd,
      doneLeaseId: leaseId,
    },
    // What the failure before left behind must not be read as part of this one.
    remove: refused === undefined ? ['failureErrcode', 'failureErrmsg'] : [],
    values: { ':leaseId': leaseId },
    happened: (item) => item['doneLeaseId']?.S === leaseId,
  };
}

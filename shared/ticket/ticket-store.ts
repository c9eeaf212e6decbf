import type { Ticket, TicketName } from './ticket.ts';
import type { TicketFailure, TicketState } from './ticket-state.ts';

/** What a conditional write came to: `state` is the item after a won write, or as it stood when the write was refused. */
export interface TicketWriteOutcome {
  readonly won: boolean;
  readonly state: TicketState;
}

/**
 * The stored tickets. Each write is one conditional write; a write whose answer was lost and that had happened counts as won. An item comes into
 * being with the first `acquire`. Every method throws the store's own error when the table does not answer.
 */
export interface TicketStore {
  /** A strongly consistent read. */
  read(name: TicketName): Promise<TicketState>;
  /** Like {@link read} at half the price, possibly a moment old. */
  glance(name: TicketName): Promise<TicketState>;
  /** Takes the lease if there is no live one, no cooldown, the version unchanged, and the ticket missing, expired or due. */
  acquire(name: TicketName, leaseId: string, version: number, now: number): Promise<TicketWriteOutcome>;
  /** Moves the end of the own lease. */
  prolong(name: TicketName, leaseId: string, leaseEnd: number): Promise<TicketWriteOutcome>;
  /** Stores the ticket if the version is unchanged, and ends the lease. */
  commit(name: TicketName, leaseId: string, version: number, ticket: Ticket): Promise<TicketWriteOutcome>;
  /** Ends the own lease with a failure and a cooldown; never touches the ticket. Not won when the lease is no longer ours. */
  fail(
    name: TicketName,
    leaseId: string,
    failure: TicketFailure,
    count: number,
    cooldownEnd: number,
  ): Promise<TicketWriteOutcome>;
  /** Ends the own lease and nothing else. */
  release(name: TicketName, leaseId: string): Promise<TicketWriteOutcome>;
}

import { createStateReader, type StateReader, type StateReaderDependencies } from '../table/state-reader.ts';
import type { TicketName } from './ticket.ts';
import { type TicketState, usableTicket } from './ticket-state.ts';
import type { TicketStore } from './ticket-store.ts';

/** The stored tickets as one environment sees them; it reads and never renews. */
export type TicketReader = StateReader<TicketName, TicketState>;

/** What the reader needs. */
export interface TicketReaderDependencies
  extends Pick<StateReaderDependencies<TicketName, TicketState>, 'clock' | 'random'> {
  readonly tickets: Pick<TicketStore, 'read' | 'glance'>;
  /** Told when memory serves because the table does not answer, once per failed read. */
  readonly onStale: (appId: string, error: unknown) => void;
}

/** A {@link TicketReader} with a memory of its own. Until its own end a ticket bridges an outage of the table. */
export function createTicketReader({ tickets, onStale, ...others }: TicketReaderDependencies): TicketReader {
  return createStateReader({
    ...others,
    store: tickets,
    keyOf: ({ appId, type }) => `${appId} ${type}`,
    isUsable: (state, now) => usableTicket(state, now) !== undefined,
    onStale: ({ appId }, error) => onStale(appId, error),
  });
}

import type { Ticket } from './ticket.ts';

/** Why there is no newer ticket. Holds nothing of a ticket or token: safe to store, log and answer. */
export interface TicketFailure {
  /** What was seen: `errcode`, an upstream failure kind, the cause of a refusal of our own, or a name such as `odd-answer`. */
  readonly cause: string;
  /** WeChat's word, when it had one: printable ASCII and bounded. */
  readonly refused: { readonly errcode: number; readonly errmsg: string } | undefined;
}

/** Everything stored about one ticket. Times are epoch milliseconds. */
export interface TicketState {
  readonly ticket: Ticket | undefined;
  /** When the stored ticket is to be renewed; 0 without one. */
  readonly renewAt: number;
  /** +1 per commit; 0 before the first. */
  readonly version: number;
  /** Until when somebody may be renewing; 0 when nobody is. */
  readonly leaseEnd: number;
  /** 0 when there is none. */
  readonly cooldownEnd: number;
  /** The last failure since the last commit. */
  readonly failure: TicketFailure | undefined;
  /** Failures in a row since the last commit. */
  readonly failureCount: number;
}

/** The state of a ticket that nobody has asked for yet. */
export const NO_TICKET_YET: TicketState = {
  ticket: undefined,
  renewAt: 0,
  version: 0,
  leaseEnd: 0,
  cooldownEnd: 0,
  failure: undefined,
  failureCount: 0,
};

/** The stored ticket until its own end. */
export function usableTicket({ ticket }: TicketState, now: number): Ticket | undefined {
  return ticket !== undefined && now < ticket.expiresAt ? ticket : undefined;
}

/** Whether a renewal may be tried: the ticket is missing or due, nobody is at it, and no failure has just happened. */
export function mayRenew(state: TicketState, now: number): boolean {
  const wanted = usableTicket(state, now) === undefined || now >= state.renewAt;
  return wanted && now >= state.leaseEnd && now >= state.cooldownEnd;
}

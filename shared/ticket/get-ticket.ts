import type { AccessToken } from '../access-token/access-token.ts';
import { tokenFor } from '../api-call/call-wechat-api.ts';
import { REPLAY_NEEDS_MS } from '../api-call/forward.ts';
import { readable } from '../api-call/readable.ts';
import { Refusal } from '../api-call/refusal.ts';
import { type RenewTicketDependencies, renewTicket, type TicketRequest } from './renew-ticket.ts';
import type { Ticket } from './ticket.ts';
import type { TicketReader } from './ticket-reader.ts';
import { mayRenew, type TicketFailure, type TicketState, usableTicket } from './ticket-state.ts';

/** What handing out tickets needs; one set per environment. */
export interface TicketDependencies extends RenewTicketDependencies {
  readonly ticketReader: TicketReader;
}

/** WeChat has just refused a ticket, to this call or to one shortly before it. */
export class TicketRefused extends Error {
  override readonly name = 'TicketRefused';
  readonly errcode: number;
  readonly errmsg: string;

  constructor({ errcode, errmsg }: NonNullable<TicketFailure['refused']>) {
    super(`WeChat refused a ticket with errcode ${errcode}`);
    this.errcode = errcode;
    this.errmsg = errmsg;
  }
}

const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 150;

/**
 * The account's ticket. Most often from memory or one read. In its last ten minutes one call of many renews it and the others go on with the old
 * one, as does the one itself if that fails. Without a ticket one call of many has it issued and the others watch the table until it is there.
 * @throws {TicketRefused} when there is no ticket because WeChat said no
 * @throws {Refusal} `no-ticket` and the causes of a missing access token when there is no ticket for another reason; `minute-limit` or
 * `day-limit` when there is none and the caller may not have one issued; `table-unreachable`, `internal-error`
 */
export async function getTicket(dependencies: TicketDependencies, request: TicketRequest): Promise<Ticket> {
  const { ticketReader, clock } = dependencies;
  const state = await readable(ticketReader.get(request.name));
  const now = clock.now();
  const ticket = usableTicket(state, now);
  if (ticket === undefined) return awaitTicket(dependencies, request, state);
  return mayRenew(state, now) ? renewedOr(dependencies, request, state, ticket) : ticket;
}

/** The renewed ticket, or the old one if there is trouble of any kind: it still works. */
async function renewedOr(
  dependencies: TicketDependencies,
  request: TicketRequest,
  state: TicketState,
  old: Ticket,
): Promise<Ticket> {
  try {
    // Not waited for: with the old ticket nobody has to wait for an access token.
    const token = await tokenFor(dependencies, request.name.appId, dependencies.clock.now());
    const after = await renewAndLearn(dependencies, request, state, token);
    return usableTicket(after, dependencies.clock.now()) ?? old;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // The old ticket serves this call; the next one tries again.
    dependencies.onTicketFailure(request.name, { cause: error.cause, refused: undefined });
    return old;
  }
}

async function awaitTicket(
  dependencies: TicketDependencies,
  request: TicketRequest,
  first: TicketState,
): Promise<Ticket> {
  const { ticketReader, clock, random } = dependencies;
  const { name, deadline } = request;
  let state = first;
  for (;;) {
    const now = clock.now();
    // Memory may not have known of a failure or of somebody at it; the acquiring write and its outcome do.
    if (mayRenew(state, now)) {
      const token = await tokenFor(dependencies, name.appId, deadline);
      state = await renewAndLearn(dependencies, request, state, token);
    }
    const ticket = usableTicket(state, clock.now());
    if (ticket !== undefined) return ticket;
    if (clock.now() < state.cooldownEnd) throw noTicket(state);
    const waitMs = SHORTEST_WAIT_MS + random() * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS);
    if (clock.now() + waitMs > deadline - REPLAY_NEEDS_MS) throw new Refusal('no-ticket');
    await clock.sleep(waitMs);
    state = await readable(ticketReader.reread(name));
  }
}

async function renewAndLearn(
  dependencies: TicketDependencies,
  request: TicketRequest,
  state: TicketState,
  token: AccessToken,
): Promise<TicketState> {
  const after = await renewTicket(dependencies, request, state, token);
  dependencies.ticketReader.learn(request.name, after);
  return after;
}

function noTicket({ failure }: TicketState): Error {
  return failure?.refused === undefined ? new Refusal('no-ticket') : new TicketRefused(failure.refused);
}

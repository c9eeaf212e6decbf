import { randomUUID } from 'node:crypto';
import type { AccessToken } from '../access-token/access-token.ts';
import { LEASE_DURATION_MS } from '../access-token/lease-rules.ts';
import { type CallDependencies, healedToken, withinLimits } from '../api-call/call-wechat-api.ts';
import { countingUpstream } from '../api-call/counting-upstream.ts';
import { readable } from '../api-call/readable.ts';
import { Refusal } from '../api-call/refusal.ts';
import type { Caller } from '../caller/caller.ts';
import { GETTICKET_PATH, issueTicket, type TicketIssueOutcome } from './issue-ticket.ts';
import type { Ticket, TicketName } from './ticket.ts';
import { HEAL_WITHIN_MS, HEALING_LEASE_MS, ticketCooldownEnd } from './ticket-rules.ts';
import type { TicketFailure, TicketState } from './ticket-state.ts';
import type { TicketStore } from './ticket-store.ts';

/** What renewing a ticket needs. */
export interface RenewTicketDependencies extends CallDependencies {
  readonly tickets: TicketStore;
  /** Told when a renewal has failed; callers go on with the old ticket, or hear why there is none. */
  readonly onTicketFailure: (name: TicketName, failure: TicketFailure) => void;
}

/** A ticket that is wanted. */
export interface TicketRequest {
  readonly name: TicketName;
  /** Who wants it: what goes up to WeChat counts against its limits. */
  readonly caller: Caller;
  /** The end of the call's whole budget, epoch milliseconds. */
  readonly deadline: number;
}

interface LeasedRenewal extends TicketRequest {
  readonly leaseId: string;
  readonly leaseEnd: number;
}

/**
 * Renews a ticket, or has it issued for the first time: lease, issue, commit. Safe to call from anywhere at once: one conditional write decides
 * who issues, and the others are told how things stand. A failure is stored with a cooldown and shows in the state that is returned.
 * @param state the state that the decision was made on
 * @param token found before, so that whoever has to wait for one keeps nobody from the lease
 * @throws {Refusal} when the table does not answer: what was leased then lapses by itself; `minute-limit` or `day-limit` when the caller's
 * limit is used up: the lease is free again for one whose limit is not
 */
export async function renewTicket(
  dependencies: RenewTicketDependencies,
  request: TicketRequest,
  state: TicketState,
  token: AccessToken,
): Promise<TicketState> {
  const { tickets, clock } = dependencies;
  const { name } = request;
  const leaseId = randomUUID();
  const now = clock.now();
  const acquired = await readable(tickets.acquire(name, leaseId, state.version, now));
  if (!acquired.won) return acquired.state;
  const leased = { ...request, leaseId, leaseEnd: now + LEASE_DURATION_MS };
  await countRenewal(dependencies, leased);
  const outcome = await issueHealed(dependencies, leased, token);
  if (outcome.kind === 'issued') return commitTicket(dependencies, leased, acquired.state, outcome.ticket);
  const failure = outcome.kind === 'failed' ? outcome.failure : { cause: 'token-refused-again', refused: undefined };
  return failRenewal(dependencies, leased, acquired.state, failure);
}

/** Only who has the lease sends anything. */
async function countRenewal(
  dependencies: RenewTicketDependencies,
  { name, caller, leaseId }: LeasedRenewal,
): Promise<void> {
  try {
    await withinLimits(dependencies, caller, name.appId, GETTICKET_PATH);
  } catch (error) {
    await readable(dependencies.tickets.release(name, leaseId));
    throw error;
  }
}

/** One call; a second one when the access token was refused and could be healed under a longer lease. */
async function issueHealed(
  dependencies: RenewTicketDependencies,
  leased: LeasedRenewal,
  token: AccessToken,
): Promise<TicketIssueOutcome> {
  const { tickets, clock, usage } = dependencies;
  const { name, caller, leaseId, deadline } = leased;
  const upstream = countingUpstream(dependencies.upstream, usage, { account: name.appId, caller: caller.id });
  const first = await issueTicket({ upstream, clock }, { ...leased, type: name.type, token });
  if (first.kind !== 'token-refused') return first;
  const now = clock.now();
  const leaseEnd = now + HEALING_LEASE_MS;
  const prolonged = await readable(tickets.prolong(name, leaseId, leaseEnd));
  if (!prolonged.won) return first;
  const request = { appId: name.appId, refused: token, deadline: Math.min(now + HEAL_WITHIN_MS, deadline) };
  try {
    const healed = await healedToken(dependencies, request);
    return await issueTicket({ upstream, clock }, { type: name.type, token: healed, leaseEnd, deadline });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // No token is to be had: a failed renewal like any other.
    return { kind: 'failed', failure: { cause: error.cause, refused: undefined } };
  }
}

/**
 * Stores a newly issued ticket, whoever holds the lease by now. If another one was committed since acquire, the one that lives longer stays: both
 * came from the same sequence.
 */
async function commitTicket(
  { tickets }: Pick<RenewTicketDependencies, 'tickets'>,
  { name, leaseId }: LeasedRenewal,
  acquired: TicketState,
  issued: Ticket,
): Promise<TicketState> {
  let stored = acquired;
  for (;;) {
    const { version } = stored;
    const commit = await readable(tickets.commit(name, leaseId, version, issued));
    if (commit.won) return commit.state;
    stored = commit.state;
    const isOlder = stored.ticket === undefined || stored.ticket.expiresAt < issued.expiresAt;
    // An item that is gone, or begun anew, went with its account.
    if (!isOlder || stored.version < version) break;
  }
  await readable(tickets.release(name, leaseId));
  return stored;
}

async function failRenewal(
  { tickets, clock, random, onTicketFailure }: RenewTicketDependencies,
  { name, leaseId }: LeasedRenewal,
  acquired: TicketState,
  failure: TicketFailure,
): Promise<TicketState> {
  onTicketFailure(name, failure);
  const count = acquired.failureCount + 1;
  const cooldownEnd = ticketCooldownEnd(count, clock.now(), random());
  return (await readable(tickets.fail(name, leaseId, failure, count, cooldownEnd))).state;
}

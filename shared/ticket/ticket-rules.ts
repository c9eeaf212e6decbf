import { CLOCKS_DIFFER_BY_MS, ISSUE_DEADLINE_MS } from '../access-token/lease-rules.ts';
import type { Ticket } from './ticket.ts';

const RENEW_BEFORE_END_MS = 600_000;
const SHORTEST_RENEWAL_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** How long a renewal waits for a refused access token to be healed: one probe and one issue, with room for the table. */
export const HEAL_WITHIN_MS = 8_000;

/** The lease of a renewal that first has to heal the access token: heal, one more call, and the clocks' difference. */
export const HEALING_LEASE_MS = HEAL_WITHIN_MS + ISSUE_DEADLINE_MS + CLOCKS_DIFFER_BY_MS;

/**
 * When a ticket is to be renewed, epoch milliseconds: in its last ten minutes. Should WeChat hand out one that is as good as over, the next call
 * waits a minute all the same, since these calls are "very limited" (doc/service/guide/h5/jssdk.html, appendix 1).
 */
export function renewAt({ sentAt, expiresAt }: Pick<Ticket, 'sentAt' | 'expiresAt'>): number {
  return Math.max(expiresAt - RENEW_BEFORE_END_MS, sentAt + SHORTEST_RENEWAL_MS);
}

/**
 * When the cooldown after a failure ends, epoch milliseconds: equal jitter, 1 s doubling to a minute, whatever WeChat said. A minute's pause
 * leaves a quota in peace and finds out soon that an operator has cleared it.
 * @param count how many failures have now come in a row
 * @param random in [0, 1)
 */
export function ticketCooldownEnd(count: number, now: number, random: number): number {
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(count - 1, 10));
  return now + Math.ceil(pauseMs / 2 + (random * pauseMs) / 2);
}

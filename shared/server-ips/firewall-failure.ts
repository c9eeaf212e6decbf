import type { FirewallOutcome } from './firewall.ts';

/** Longest `reason` of an outcome, in characters. */
const REASON_LENGTH = 400;

/** Why a firewall could not be brought up to date; the message tells an operator what to do about it. */
export class FirewallFailure extends Error {
  override readonly name = 'FirewallFailure';
}

/**
 * The outcome for whatever went wrong with one firewall. Faults of our own are among it on purpose: one firewall must not keep the next
 * from being brought up to date, and the outcome is logged and alarmed.
 */
export function failureOutcome(error: unknown): FirewallOutcome {
  return { outcome: 'failed', reason: reasonOf(error).replaceAll(/\s+/g, ' ').slice(0, REASON_LENGTH) };
}

function reasonOf(error: unknown): string {
  if (error instanceof FirewallFailure) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

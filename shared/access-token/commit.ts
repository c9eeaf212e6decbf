import type { AccessToken } from './access-token.ts';
import { commitOrder } from './commit-order.ts';
import { nextDueAt, SUSPECT_PROBE_AFTER_MS } from './lease-rules.ts';
import type { LeasedRefresh } from './leased-refresh.ts';
import type { RefreshDependencies, RefreshOutcome } from './refresh-outcome.ts';
import type { CommitRequest } from './token-store.ts';

/**
 * Stores a newly issued token, whoever holds the lease by now: if nothing was committed since acquire, whatever is stored is older than
 * ours. If something was, the order of the two issues decides, and the loser's lease just ends.
 */
export async function commitToken(
  { tokens }: Pick<RefreshDependencies, 'tokens'>,
  leased: LeasedRefresh,
  issued: AccessToken,
  forced: boolean,
): Promise<RefreshOutcome> {
  const { account, leaseId } = leased;
  let version = leased.state.version;
  let stored = leased.state.token;
  let winner = issued;
  // A classic issue before this one was lost: WeChat may still be about to carry it out.
  let suspect = issued.mode === 'classic' && leased.state.suspectAt !== undefined;
  for (;;) {
    const request = { appId: account.appId, leaseId, version, token: winner, stored, suspect };
    const commit = await tokens.commit({ ...request, nextDueAt: dueAfter(request) });
    if (commit.won) {
      if (winner !== issued) return { kind: 'superseded' };
      return { kind: 'committed', fingerprint: issued.fingerprint, expiresAt: issued.expiresAt, forced };
    }
    if (commit.state === undefined) return { kind: 'unknown-account' };
    const found = commit.state;
    if (found.token?.fingerprint === winner.fingerprint) break;
    if (found.version === version && !suspect) {
      // Nobody has committed, but the lease is somebody else's: they may have asked WeChat after us.
      suspect = true;
      continue;
    }
    // What was stored before the stored token is older than that, however long the two live.
    if (found.token === undefined || found.previous?.fingerprint === issued.fingerprint) break;
    ({ version, token: stored } = found);
    const order = commitOrder(issued, found.token);
    if (order.keep === 'stored' && !order.suspect) break;
    winner = order.keep === 'ours' ? issued : found.token;
    suspect ||= order.suspect;
  }
  await tokens.release(account.appId, leaseId);
  return { kind: 'superseded' };
}

function dueAfter({ token, stored, suspect }: Omit<CommitRequest, 'nextDueAt'>): number {
  const regular = nextDueAt(token, stored?.fingerprint === token.fingerprint);
  return suspect ? Math.min(regular, token.receivedAt + SUSPECT_PROBE_AFTER_MS) : regular;
}

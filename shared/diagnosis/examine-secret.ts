import { randomUUID } from 'node:crypto';
import { issue } from '../access-token/issue.ts';
import { countedIssueFor, quotaReached } from '../access-token/operator-issue.ts';
import type { RefreshDependencies } from '../access-token/refresh-outcome.ts';
import { isSecret, readSecret } from '../access-token/secret-for-issue.ts';
import { liveLease, type TokenState } from '../access-token/token-state.ts';
import type { WriteOutcome } from '../access-token/token-store.ts';
import type { Account } from '../account/account.ts';
import type { SecretExamination } from './examination.ts';

const REASON = { kind: 'operator' } as const;
/** One lease, and the clocks' difference. */
const WAIT_FOR_HOLDER_MS = 8_500;
const LOOK_EVERY_MS = 250;

/**
 * Has WeChat judge the account's app secret and our address, by one normal-mode call of the stable endpoint whatever the account's mode: it ends no
 * token, because that endpoint gives the same token again and the two endpoints' tokens do not affect each other
 * (doc/service/api/base/api_getstableaccesstoken). The token that it brings is dropped, and neither failure nor cooldown is recorded, so the
 * examination changes nothing of how the account is refreshed. It is made under the account's lease and counted like an operator's issue.
 * @throws the table's error when it does not answer; the lease then lapses by itself
 */
export async function examineSecret(dependencies: RefreshDependencies, account: Account): Promise<SecretExamination> {
  const { tokens } = dependencies;
  const secret = await readSecret(dependencies, account.appId, 'past-the-cache');
  if (!isSecret(secret)) return { kind: 'failed', failure: secret };
  const leaseId = randomUUID();
  const leased = await lease(dependencies, account, leaseId);
  if ('kind' in leased) return leased;
  try {
    const asked = { appId: account.appId, mode: 'stable' } as const;
    const leaseEnd = leased.lease?.end ?? 0;
    const outcome = await issue(dependencies, { account: asked, secret, force: false, leaseEnd });
    return outcome.kind === 'issued' ? { kind: 'accepted' } : { kind: 'failed', failure: outcome.failure };
  } finally {
    await tokens.release(account.appId, leaseId);
  }
}

/** The state under the own lease, or why there is none. */
async function lease(
  dependencies: RefreshDependencies,
  account: Account,
  leaseId: string,
): Promise<TokenState | Extract<SecretExamination, { kind: 'held' | 'not-allowed' }>> {
  const { tokens, clock } = dependencies;
  const giveUpAt = clock.now() + WAIT_FOR_HOLDER_MS;
  const count = countedIssueFor(account, REASON);
  for (;;) {
    const state = await tokens.read(account.appId);
    if (state === undefined || state.disabled) return { kind: 'held' };
    if (liveLease(state, clock.now()) === undefined) {
      const acquired = await acquire(dependencies, account, state, leaseId);
      if (acquired.won) return acquired.state;
      const quota = quotaReached(count, state.version, acquired.state, clock.now());
      if (quota !== undefined) return { kind: 'not-allowed', ...quota };
    }
    if (clock.now() >= giveUpAt) return { kind: 'held' };
    await clock.sleep(LOOK_EVERY_MS);
  }
}

function acquire(
  { tokens, clock, holder }: RefreshDependencies,
  account: Account,
  state: TokenState,
  leaseId: string,
): Promise<WriteOutcome> {
  const now = clock.now();
  return tokens.acquire({
    appId: account.appId,
    leaseId,
    holder,
    reason: REASON,
    version: state.version,
    count: countedIssueFor(account, REASON),
    ignoreCooldown: true,
    // Whoever held the lease before never said how a classic issue ended.
    suspectAt: account.mode === 'classic' && state.lease !== undefined ? now : undefined,
    now,
  });
}

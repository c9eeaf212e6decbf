import { randomUUID } from 'node:crypto';
import type { Account } from '../account/account.ts';
import type { AppSecret } from '../account/app-secret.ts';
import { quotaDay } from '../wechat/quota-day.ts';
import { ISSUES_USED_UP, type RefreshFailure } from './failure.ts';
import { nextDueAt, PROVEN_FOR_MS } from './lease-rules.ts';
import { countedIssueFor, isByOperator, quotaReached } from './operator-issue.ts';
import type { RefreshDependencies, RefreshOutcome } from './refresh-outcome.ts';
import { refreshUnderLease } from './refresh-under-lease.ts';
import { isSecret, readSecret } from './secret-for-issue.ts';
import { liveLease, type TokenState, usableToken } from './token-state.ts';
import type { CountedIssue, RefreshReason } from './token-store.ts';

/** How long an invocation that needs the outcome waits for another holder: one lease, and the clocks' difference. */
const WAIT_FOR_HOLDER_MS = 8_500;
const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 150;

/**
 * Refreshes one account's token: lease, issue, commit. Safe to call at any time, twice, and from anywhere at once: one conditional write
 * decides who issues, and the others are told how things stand. For `due` it returns at once when somebody else holds the lease; for
 * `missing` and `refused` it waits for the outcome, for an operator until the lease is free.
 * @throws the table's error when it does not answer; whatever was leased then lapses by itself
 */
export async function refresh(
  dependencies: RefreshDependencies,
  appId: string,
  reason: RefreshReason,
): Promise<RefreshOutcome> {
  const { accounts, tokens, clock } = dependencies;
  const account = await accounts.get(appId);
  if (account === undefined) return { kind: 'unknown-account' };
  const giveUpAt = clock.now() + WAIT_FOR_HOLDER_MS;
  let state = await tokens.read(appId);
  for (;;) {
    if (state === undefined || state.disabled) return { kind: 'unknown-account' };
    const now = clock.now();
    if (!holds(reason, state, now)) return { kind: 'not-needed' };
    if (liveLease(state, now) === undefined) {
      const outcome = await tryOnce(dependencies, account, state, reason);
      if (outcome !== 'state-changed') return outcome;
    } else if (reason.kind === 'due') return { kind: 'held' };
    if (clock.now() >= giveUpAt) return { kind: 'held' };
    await clock.sleep(SHORTEST_WAIT_MS + dependencies.random() * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS));
    state = await tokens.read(appId);
  }
}

/** Acquires and refreshes, unless the acquiring write was refused because the state is no longer what it was. */
async function tryOnce(
  dependencies: RefreshDependencies,
  account: Account,
  state: TokenState,
  reason: RefreshReason,
): Promise<RefreshOutcome | 'state-changed'> {
  const { tokens, clock, holder } = dependencies;
  const byOperator = isByOperator(reason);
  const ignoreCooldown = byOperator || (await isCooldownLifted(dependencies, state));
  if (state.cooldownEnd > clock.now() && !ignoreCooldown) return { kind: 'cooling', failure: state.failure };
  const plan = planOf(state, reason, clock.now());
  const countedIssue = countedIssueFor(account, reason);
  // Read before the lease is taken, so that an issue is counted only when it can be made.
  const secret = plan === 'issue' ? await secretFor(dependencies, state, countedIssue, byOperator) : undefined;
  const leaseId = randomUUID();
  const now = clock.now();
  const acquired = await tokens.acquire({
    appId: account.appId,
    leaseId,
    holder,
    reason,
    version: state.version,
    count: isSecret(secret) ? countedIssue : undefined,
    ignoreCooldown,
    // Only a classic issue ends the token before it, however late it comes.
    suspectAt: account.mode === 'classic' && state.lease !== undefined ? now : undefined,
    now,
  });
  if (!acquired.won) {
    const quota = byOperator ? quotaReached(countedIssue, state.version, acquired.state, clock.now()) : undefined;
    return quota === undefined ? 'state-changed' : { kind: 'not-allowed', ...quota };
  }
  return refreshUnderLease(dependencies, { account, countedIssue, leaseId, state: acquired.state }, secret);
}

async function secretFor(
  dependencies: RefreshDependencies,
  { appId, issued }: TokenState,
  { cap }: CountedIssue,
  byOperator: boolean,
): Promise<AppSecret | RefreshFailure> {
  // An operator may have set it a second ago and asks whether WeChat takes it: the one before must not answer for it.
  if (byOperator) return readSecret(dependencies, appId, 'past-the-cache');
  const used = issued[quotaDay(dependencies.clock.now())] ?? 0;
  return used < cap ? readSecret(dependencies, appId) : ISSUES_USED_UP;
}

/** A cooldown that an operator can end is over as soon as the app secret is not the one that was refused. */
async function isCooldownLifted(dependencies: RefreshDependencies, state: TokenState): Promise<boolean> {
  const { failure, cooldownEnd, appId } = state;
  if (cooldownEnd <= dependencies.clock.now() || failure?.class !== 'rejected') return false;
  const secret = await readSecret(dependencies, appId, 'past-the-cache');
  return isSecret(secret) && secret.version !== failure.secretVersion;
}

/** The same conditions as in the acquiring write, so that most calls end with a read. */
function holds(reason: RefreshReason, state: TokenState, now: number): boolean {
  switch (reason.kind) {
    case 'due':
      return state.nextDueAt <= now;
    case 'missing':
      return usableToken(state, now) === undefined;
    case 'operator':
    case 'leaked':
      return true;
    case 'refused':
      return state.token?.fingerprint === reason.fingerprint && (state.provenAt ?? 0) <= now - PROVEN_FOR_MS;
  }
}

/** A refused or suspect token is probed first: one strange endpoint must not cost an issue. */
function planOf(state: TokenState, reason: RefreshReason, now: number): 'issue' | 'probe' {
  const token = usableToken(state, now);
  if (token === undefined || isByOperator(reason)) return 'issue';
  if (reason.kind === 'refused') return 'probe';
  return state.suspectAt !== undefined && now < nextDueAt(token, true) ? 'probe' : 'issue';
}

import type { AppSecret } from '../account/app-secret.ts';
import type { AccessToken } from './access-token.ts';
import { commitToken } from './commit.ts';
import { cooldownEnd, countInARow, ISSUES_USED_UP, type RefreshFailure } from './failure.ts';
import { type IssueOutcome, isSecretRefusal, issue } from './issue.ts';
import { FORCED_SPACING_MS, nextDueAt, SUSPECT_PROBE_AFTER_MS } from './lease-rules.ts';
import type { LeasedRefresh } from './leased-refresh.ts';
import { type ProbeVerdict, probe } from './probe.ts';
import type { RefreshDependencies, RefreshOutcome } from './refresh-outcome.ts';
import { isSecret, readSecret } from './secret-for-issue.ts';
import type { TokenState } from './token-state.ts';

/**
 * The part of a refresh that runs under its lease: probe if the token may still work, issue, commit; or record why not.
 * @param secret the app secret when acquire has counted an issue, the reason why there is none, or `undefined` to probe first
 */
export async function refreshUnderLease(
  dependencies: RefreshDependencies,
  leased: LeasedRefresh,
  secret: AppSecret | RefreshFailure | undefined,
): Promise<RefreshOutcome> {
  if (secret === undefined) return probeThenIssue(dependencies, leased);
  if (!isSecret(secret)) return fail(dependencies, leased, secret);
  if (leased.countedIssue.forced) return issueForced(dependencies, leased, secret);
  return issueAndCommit(dependencies, leased, secret);
}

async function probeThenIssue(dependencies: RefreshDependencies, leased: LeasedRefresh): Promise<RefreshOutcome> {
  const { token } = leased.state;
  // A probe is planned only for a token that may be used, and the acquiring write held its version.
  if (token === undefined) throw new TypeError('a probe needs a stored token');
  const verdict = await probe(dependencies, token);
  if (verdict === 'works') return keep(dependencies, leased, token);
  if (verdict === 'unclear' && leased.account.mode === 'classic') {
    return fail(
      dependencies,
      leased,
      { class: 'unavailable', cause: 'probe-unclear' },
      leased.state.suspectAt ?? dependencies.clock.now(),
    );
  }
  return issueAfterProbe(dependencies, leased, verdict);
}

/** The probe cost no quota; what follows does, so it is counted in the write that prolongs the lease. */
async function issueAfterProbe(
  dependencies: RefreshDependencies,
  leased: LeasedRefresh,
  verdict: ProbeVerdict,
): Promise<RefreshOutcome> {
  const { tokens, clock } = dependencies;
  const { account, leaseId, countedIssue } = leased;
  const secret = await readSecret(dependencies, account.appId);
  const now = clock.now();
  const refused = verdict === 'refused' ? { nextDueAt: Math.min(leased.state.nextDueAt, now) } : undefined;
  const count = isSecret(secret) ? countedIssue : undefined;
  const { version } = leased.state;
  const extended = await tokens.extend({ appId: account.appId, leaseId, version, count, refused, now });
  if (!extended.won) return notExtended(dependencies, leased, extended.state, refused);
  const prolonged = { ...leased, state: extended.state };
  return isSecret(secret) ? issueAndCommit(dependencies, prolonged, secret) : fail(dependencies, prolonged, secret);
}

/** Somebody else has the lease or has committed, or the day's issues are used up: a refused token is remembered all the same. */
async function notExtended(
  dependencies: RefreshDependencies,
  leased: LeasedRefresh,
  state: TokenState | undefined,
  refused: { readonly nextDueAt: number } | undefined,
): Promise<RefreshOutcome> {
  const { tokens, clock } = dependencies;
  const { account, leaseId } = leased;
  if (await isSuperseded(dependencies, leased, state)) return { kind: 'superseded' };
  const { version } = leased.state;
  await tokens.extend({ appId: account.appId, leaseId, version, count: undefined, refused, now: clock.now() });
  return fail(dependencies, leased, ISSUES_USED_UP);
}

/** Whether somebody else's refresh counts and not this one, whose lease then ends: they hold the lease, or they have committed. */
async function isSuperseded(
  { tokens }: RefreshDependencies,
  { account, leaseId, state }: LeasedRefresh,
  found: TokenState | undefined,
): Promise<boolean> {
  if (found?.lease?.id !== leaseId) return true;
  if (found.version === state.version) return false;
  await tokens.release(account.appId, leaseId);
  return true;
}

async function issueAndCommit(
  dependencies: RefreshDependencies,
  leased: LeasedRefresh,
  secret: AppSecret,
): Promise<RefreshOutcome> {
  const issued = await issueUnderLease(dependencies, leased, secret, false);
  const { state } = issued.leased;
  if (issued.outcome.kind === 'failed') return failIssue(dependencies, issued.leased, issued.outcome);
  const { token } = issued.outcome;
  const isTheRefusedOne = state.refusedAt !== undefined && state.token?.fingerprint === token.fingerprint;
  if (isTheRefusedOne) return forceAndCommit(dependencies, issued.leased, secret);
  return commitToken(dependencies, issued.leased, token, false);
}

/** One issue call; a second one only when WeChat refused the app secret and an operator has replaced it since it was read. */
async function issueUnderLease(
  dependencies: RefreshDependencies,
  leased: LeasedRefresh,
  secret: AppSecret,
  force: boolean,
): Promise<{ readonly outcome: IssueOutcome; readonly leased: LeasedRefresh }> {
  const { tokens, clock } = dependencies;
  const { account, leaseId, countedIssue, state } = leased;
  const outcome = await issue(dependencies, { account, secret, force, leaseEnd: leaseEndOf(state) });
  if (outcome.kind === 'issued' || !isSecretRefusal(outcome.failure)) return { outcome, leased };
  const current = await readSecret(dependencies, account.appId, 'past-the-cache');
  if (!isSecret(current) || current.version === secret.version) return { outcome, leased };
  const extended = await tokens.extend({
    appId: account.appId,
    leaseId,
    version: state.version,
    count: { ...countedIssue, forced: force },
    refused: undefined,
    now: clock.now(),
  });
  if (!extended.won) return { outcome, leased };
  const again = { ...leased, state: extended.state };
  return {
    outcome: await issue(dependencies, { account, secret: current, force, leaseEnd: leaseEndOf(again.state) }),
    leased: again,
  };
}

/** Stable mode gave the very token that a probe had seen refused: only a forced issue brings another. */
async function forceAndCommit(
  dependencies: RefreshDependencies,
  leased: LeasedRefresh,
  secret: AppSecret,
): Promise<RefreshOutcome> {
  const { tokens, clock } = dependencies;
  const { account, leaseId, countedIssue } = leased;
  const count = { ...countedIssue, forced: true };
  const { version } = leased.state;
  const request = { appId: account.appId, leaseId, version, count, refused: undefined, now: clock.now() };
  const extended = await tokens.extend(request);
  if (!extended.won) {
    if (await isSuperseded(dependencies, leased, extended.state)) return { kind: 'superseded' };
    return fail(
      dependencies,
      leased,
      { class: 'unavailable', cause: 'forced-issue-not-allowed' },
      undefined,
      FORCED_SPACING_MS,
    );
  }
  return issueForced(dependencies, { ...leased, state: extended.state }, secret);
}

/** The forced issue itself, which the write before has counted. */
async function issueForced(
  dependencies: RefreshDependencies,
  leased: LeasedRefresh,
  secret: AppSecret,
): Promise<RefreshOutcome> {
  const issued = await issueUnderLease(dependencies, leased, secret, true);
  if (issued.outcome.kind === 'failed') return failIssue(dependencies, issued.leased, issued.outcome);
  const { token } = issued.outcome;
  if (token.fingerprint === leased.state.token?.fingerprint) {
    return fail(
      dependencies,
      issued.leased,
      { class: 'unavailable', cause: 'forced-issue-without-effect' },
      undefined,
      FORCED_SPACING_MS,
    );
  }
  return commitToken(dependencies, issued.leased, token, true);
}

async function keep(
  dependencies: RefreshDependencies,
  leased: LeasedRefresh,
  token: AccessToken,
): Promise<RefreshOutcome> {
  const { tokens, clock } = dependencies;
  const { account, leaseId, state } = leased;
  const now = clock.now();
  const { won } = await tokens.keep({
    appId: account.appId,
    leaseId,
    version: state.version,
    ...suspicionAfterProbe(state, token, now),
    now,
  });
  if (won) return { kind: 'kept' };
  // Somebody else has committed, or has the lease: theirs counts.
  await tokens.release(account.appId, leaseId);
  return { kind: 'superseded' };
}

/** While two tokens overlap both work, so a probe settles a suspicion only after the overlap. */
function suspicionAfterProbe(state: TokenState, token: AccessToken, now: number) {
  if (state.suspectAt === undefined) return { settled: false, nextDueAt: undefined };
  const settled = now >= state.suspectAt + SUSPECT_PROBE_AFTER_MS;
  const regular = nextDueAt(token, true);
  return { settled, nextDueAt: settled ? regular : Math.min(regular, state.suspectAt + SUSPECT_PROBE_AFTER_MS) };
}

/** After an issue call whose answer is unknown, a classic token may be dying and a leaked one dead: WeChat may have issued the next one. */
function failIssue(
  dependencies: RefreshDependencies,
  leased: LeasedRefresh,
  { failure, sent }: Extract<IssueOutcome, { kind: 'failed' }>,
): Promise<RefreshOutcome> {
  const mayEndTheTokenBefore = leased.account.mode === 'classic' || leased.countedIssue.forced;
  const suspectAt = sent && mayEndTheTokenBefore ? dependencies.clock.now() : undefined;
  return fail(dependencies, leased, failure, suspectAt);
}

async function fail(
  { tokens, clock, random }: RefreshDependencies,
  { account, leaseId, state }: LeasedRefresh,
  failure: RefreshFailure,
  suspectAt?: number,
  pauseMs?: number,
): Promise<RefreshOutcome> {
  const now = clock.now();
  const count = countInARow(state.failure, failure, now);
  const { won } = await tokens.fail({
    appId: account.appId,
    leaseId,
    failure,
    count,
    cooldownEnd: pauseMs === undefined ? cooldownEnd(failure, count, now, random()) : now + pauseMs,
    suspect: suspectAt === undefined ? undefined : { at: suspectAt, nextDueAt: Math.min(state.nextDueAt, now) },
    now,
  });
  // Not won: the lease went to somebody else meanwhile, whose outcome counts.
  return won ? { kind: 'failed', failure } : { kind: 'superseded' };
}

function leaseEndOf(state: TokenState): number {
  return state.lease?.end ?? 0;
}

import type { AccessToken } from '../access-token/access-token.ts';
import { type HealDependencies, type HealRequest, heal } from '../access-token/heal.ts';
import { usableToken } from '../access-token/token-state.ts';
import { isAppId } from '../account/account.ts';
import type { ClearQuotaAllowances } from '../account/clear-quota-allowance.ts';
import type { AppSecretCaller } from '../app-secret-call/app-secret-caller.ts';
import type { Caller } from '../caller/caller.ts';
import type { CallerDirectory } from '../caller/caller-directory.ts';
import { grantsPath } from '../caller/grant.ts';
import { type KeyUseRecorder, notingKeyUse } from '../caller/key-use.ts';
import type { UsedUp } from '../caller/limit-window.ts';
import type { CallLimiter } from '../caller/limiter.ts';
import type { RoleDirectory } from '../caller/role-directory.ts';
import type { LearntQuotaStore } from '../quota/learnt-quotas.ts';
import type { QuotaPlanReader } from '../quota/quota-plan-reader.ts';
import { quotaWindows } from '../quota/quota-windows.ts';
import { endpointName } from '../usage/endpoint-name.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import { isTokenRefusal } from '../wechat/answer.ts';
import type { AheadUpstream } from '../wechat/upstream.ts';
import type { UpstreamAnswer } from '../wechat/wechat-api.ts';
import { accountOf, authenticate } from './authenticate.ts';
import type { CallTrace } from './call-trace.ts';
import { forward, REPLAY_NEEDS_MS } from './forward.ts';
import { isNeverForwarded, isRidGet } from './path.ts';
import { readable } from './readable.ts';
import { Refusal } from './refusal.ts';
import { repeatWhileBusy } from './repeat-while-busy.ts';
import type { CallRequest } from './request.ts';
import { scrubRidAnswer } from './scrub-rid-answer.ts';

/** What proxied calls need; one set per environment. */
export interface CallDependencies extends HealDependencies {
  readonly callers: CallerDirectory;
  readonly roles: RoleDirectory;
  readonly limiter: CallLimiter;
  readonly quotas: QuotaPlanReader;
  readonly learntQuotas: Pick<LearntQuotaStore, 'markCleared'>;
  readonly usage: UsageRecorder;
  readonly keyUse: KeyUseRecorder;
  readonly upstream: AheadUpstream;
  readonly appSecretCaller: AppSecretCaller;
  readonly clearQuotaAllowances: ClearQuotaAllowances;
  /** Told when the table took no note of what came of a clear of quotas. */
  readonly onClearNotNoted: (appId: string, error: unknown) => void;
}

/**
 * One proxied call: who calls, for which account, may they, with which token, what does WeChat say. A refused token is healed and the call
 * replayed once with the same bytes; WeChat checks the token before anything else, so nothing is done twice. What WeChat is too busy for is repeated,
 * where that is safe.
 * @param deadline the end of the call's whole budget, epoch milliseconds
 * @throws {Refusal} for every no of our own
 */
export async function callWechatApi(
  dependencies: CallDependencies,
  request: CallRequest,
  deadline: number,
  trace: CallTrace,
): Promise<UpstreamAnswer> {
  const authenticated = await authenticate(dependencies, request, (...named) => readAhead(dependencies, ...named));
  const { caller, keyId } = authenticated;
  trace.caller = caller.id;
  trace.keyId = keyId;
  if (isNeverForwarded(request.path)) throw new Refusal('never-forwarded');
  const appId = accountOf(request, authenticated);
  trace.account = appId;
  if (!grantsPath(caller, appId, request.path)) throw new Refusal('not-granted');
  // Read beside what the limits read: an environment's first call waits for both at once.
  beginRead(dependencies.reader.get(appId));
  await withinLimits(dependencies, caller, appId, request.path);
  return notingKeyUse(dependencies.keyUse, authenticated, async () => {
    const { answer, token } = await repeatWhileBusy(
      dependencies,
      { request, deadline, trace },
      {
        send: () => forwardHealed(dependencies, request, appId, deadline, trace),
        mayRepeat: () => hasRoom(dependencies, caller, appId, request.path),
      },
    );
    return isRidGet(request.path) ? { ...answer, body: scrubRidAnswer(answer.body, token.value) } : answer;
  });
}

/**
 * Begins to read what an environment's first call for a caller goes on to need, so that all of it is one request, and to connect to WeChat meanwhile.
 * Nothing is used before the grant.
 */
function readAhead(
  { keyUse, reader, quotas, upstream }: Pick<CallDependencies, 'keyUse' | 'reader' | 'quotas' | 'upstream'>,
  callerId: string,
  appId: string | undefined,
): void {
  upstream.connectAhead();
  keyUse.readAhead(callerId);
  // Nobody has looked at the name yet: one that cannot be a key would spoil the request for the caller too.
  if (appId === undefined || !isAppId(appId)) return;
  beginRead(quotas.get(appId));
  beginRead(reader.get(appId));
}

/** For what is read before it is needed. If that fails, it shows where it is needed. */
function beginRead(reading: Promise<unknown>): void {
  reading.catch(() => {});
}

/**
 * Counts one call of the caller against its limits, and against the endpoint's where the account's callers share its quota, whether or not it comes to be
 * sent; a replay is not counted again.
 * @throws {Refusal} `minute-limit`, `day-limit`, `endpoint-share` or `endpoint-reserve` when one is used up, `table-unreachable` when nobody can say
 */
export async function withinLimits(
  dependencies: LimitDependencies,
  caller: Caller,
  appId: string,
  path: string,
): Promise<void> {
  const usedUp = await limitUsedUp(dependencies, caller, appId, path);
  if (usedUp !== undefined) throw new Refusal(usedUp);
}

type LimitDependencies = Pick<CallDependencies, 'limiter' | 'quotas' | 'clock'>;

/** Counts a repetition as {@link withinLimits} counts a call; says whether the limits had room for it. When nobody can say, they had none. */
export async function hasRoom(
  dependencies: LimitDependencies,
  caller: Caller,
  appId: string,
  path: string,
): Promise<boolean> {
  try {
    return (await limitUsedUp(dependencies, caller, appId, path)) === undefined;
  } catch {
    // WeChat has answered already, which no trouble of ours changes.
    return false;
  }
}

async function limitUsedUp(
  { limiter, quotas, clock }: LimitDependencies,
  caller: Caller,
  appId: string,
  path: string,
): Promise<UsedUp | undefined> {
  const plan = await readable(quotas.get(appId));
  const windows = quotaWindows(plan, { caller, appId, endpoint: endpointName(path) }, clock.now());
  return readable(limiter.admit(caller, windows));
}

async function forwardHealed(
  dependencies: CallDependencies,
  request: CallRequest,
  appId: string,
  deadline: number,
  trace: CallTrace,
): Promise<{ readonly answer: UpstreamAnswer; readonly token: AccessToken }> {
  const token = await tokenFor(dependencies, appId, deadline);
  const answer = await forward(dependencies, request, token, deadline, trace);
  if (!isRefused(trace)) return { answer, token };
  const healed = await healedToken(dependencies, { appId, refused: token, deadline: deadline - REPLAY_NEEDS_MS });
  trace.healed = true;
  const replayed = await forward(dependencies, request, healed, deadline, trace);
  if (isRefused(trace)) throw new Refusal('token-refused-again');
  return { answer: replayed, token: healed };
}

/** The stored token, or the outcome of a refresh when there is none that may be used. @throws {Refusal} */
export async function tokenFor(dependencies: CallDependencies, appId: string, deadline: number): Promise<AccessToken> {
  const state = await readable(dependencies.reader.get(appId));
  if (state === undefined || state.disabled) throw new Refusal('unknown-account');
  const token = usableToken(state, dependencies.clock.now());
  if (token !== undefined) return token;
  return healedToken(dependencies, { appId, refused: undefined, deadline: deadline - REPLAY_NEEDS_MS });
}

/** A token worth another call after one was refused or missing. @throws {Refusal} `no-token`, `unknown-account`, the table's causes */
export async function healedToken(dependencies: CallDependencies, request: HealRequest): Promise<AccessToken> {
  const outcome = await readable(heal(dependencies, request));
  if (outcome.kind === 'token') return outcome.token;
  throw new Refusal(outcome.kind);
}

/** Whether WeChat has just refused the token, which means that nothing was carried out. */
function isRefused(trace: CallTrace): boolean {
  const refused = trace.errcode !== undefined && isTokenRefusal(trace.errcode);
  if (refused) trace.sent = false;
  return refused;
}

import type { AccountCallDependencies } from '../access-token/call-as-account.ts';
import { type PostOutcome, postAsAccount } from '../access-token/post-as-account.ts';
import type { ClearQuotaAllowances, TakenClear } from '../account/clear-quota-allowance.ts';
import type { AppSecretAnswer } from '../app-secret-call/app-secret-answer.ts';
import { type AppSecretCaller, AppSecretCallFailed } from '../app-secret-call/app-secret-caller.ts';
import { isTokenRefusal, peekErrcode } from '../wechat/answer.ts';
import { clearVerdict } from './clear-verdict.ts';
import type { LearntQuotaStore } from './learnt-quotas.ts';

/** What clearing needs; one set per environment. */
export interface ClearDependencies extends AccountCallDependencies {
  readonly appSecretCaller: AppSecretCaller;
  readonly clearQuotaAllowances: Pick<ClearQuotaAllowances, 'take' | 'giveBack'>;
  readonly learntQuotas: Pick<LearntQuotaStore, 'markCleared'>;
  /** Told when the table took no note of what came of a clear. WeChat's word is the outcome all the same: who heard of a failure would clear again. */
  readonly onClearNotNoted: (appId: string, error: unknown) => void;
}

/** What came of a clear. `unknown`: WeChat may have carried it out, and it stays counted. */
export type ClearOutcome =
  | { readonly outcome: 'cleared'; readonly by: 'access-token' | 'app-secret' }
  | { readonly outcome: 'allowance-used-up' }
  | { readonly outcome: 'refused'; readonly errcode: number }
  | { readonly outcome: 'unknown' | 'not-sent'; readonly cause: string };

const CLEAR_ALL = '/cgi-bin/clear_quota';
const CLEAR_ONE = '/cgi-bin/openapi/quota/clear';
const APP_SECRET_CALL_MS = 20_000;

/**
 * Sets all daily counters of an account back, or one endpoint's. All are cleared by access token, and by app secret where no token is to be had
 * (doc/service/openApi/clear_quota.html). Counted against the month's allowance before it is sent, and given back where WeChat certainly did not do it;
 * afterwards the gateway counts anew too.
 * @throws the table's error when it does not answer before anything is sent
 */
export async function clearQuotas(
  dependencies: ClearDependencies,
  appId: string,
  endpoint: string | undefined,
): Promise<ClearOutcome> {
  const { clearQuotaAllowances, learntQuotas, clock, onClearNotNoted } = dependencies;
  const taken = await clearQuotaAllowances.take(appId, endpoint === undefined ? 'all' : 'endpoint', clock.now());
  if (taken === undefined) return { outcome: 'allowance-used-up' };
  const outcome = await clear(dependencies, taken, endpoint);
  try {
    if (outcome.outcome === 'cleared') await learntQuotas.markCleared(appId, endpoint, clock.now());
    else if (outcome.outcome !== 'unknown') await clearQuotaAllowances.giveBack(taken);
  } catch (error) {
    onClearNotNoted(appId, error);
  }
  return outcome;
}

async function clear(
  dependencies: ClearDependencies,
  { appId }: TakenClear,
  endpoint: string | undefined,
): Promise<ClearOutcome> {
  if (endpoint !== undefined) {
    return outcomeOf(await postAsAccount(dependencies, appId, CLEAR_ONE, { cgi_path: endpoint }));
  }
  const posted = await postAsAccount(dependencies, appId, CLEAR_ALL, { appid: appId });
  return isWithoutToken(posted) ? clearByAppSecret(dependencies, appId) : outcomeOf(posted);
}

/** No token, or one that WeChat does not take even after a heal. */
function isWithoutToken(posted: PostOutcome): boolean {
  return posted.kind === 'failed' ? posted.cause === 'no-token' : isTokenRefusal(posted.said?.errcode ?? 0);
}

function outcomeOf(posted: PostOutcome): ClearOutcome {
  if (posted.kind === 'failed') return { outcome: posted.sent ? 'unknown' : 'not-sent', cause: posted.cause };
  return answered(200, posted.said?.errcode, 'access-token');
}

function answered(status: number, errcode: number | undefined, by: 'access-token' | 'app-secret'): ClearOutcome {
  const verdict = clearVerdict(status, errcode);
  if (verdict === 'cleared') return { outcome: 'cleared', by };
  if (verdict === 'refused' && errcode !== undefined) return { outcome: 'refused', errcode };
  return {
    outcome: 'unknown',
    cause: errcode === undefined ? `http-${status} without an errcode` : `errcode ${errcode}`,
  };
}

async function clearByAppSecret({ appSecretCaller, clock }: ClearDependencies, appId: string): Promise<ClearOutcome> {
  const deadline = clock.now() + APP_SECRET_CALL_MS;
  let answer: AppSecretAnswer;
  try {
    answer = await appSecretCaller.call({ appId, call: 'cgi-bin/clear_quota/v2', fields: {}, deadline });
  } catch (error) {
    if (!(error instanceof AppSecretCallFailed)) throw error;
    // Its log says more; here it matters only whether the clear counts.
    return { outcome: error.sent ? 'unknown' : 'not-sent', cause: 'app-secret-call-failed' };
  }
  if ('refusal' in answer) return { outcome: answer.sent ? 'unknown' : 'not-sent', cause: answer.refusal };
  const { headers, body, status } = answer;
  return answered(status, peekErrcode({ headers, body: Buffer.from(body, 'base64') })?.errcode, 'app-secret');
}

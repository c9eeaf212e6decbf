import type { RecordedFailure } from '../access-token/failure.ts';
import { type TokenState, usableToken } from '../access-token/token-state.ts';
import { type CallAnswer, json } from '../api-call/answer-shape.ts';
import { authenticate } from '../api-call/authenticate.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import { readable } from '../api-call/readable.ts';
import type { CallRequest } from '../api-call/request.ts';
import { grantedAccounts } from '../caller/grant.ts';
import type { OwnEndpointDependencies } from './own-endpoint.ts';

/** What to do about a failure that is no errcode of WeChat's. */
const ADVICE_BY_CAUSE: Readonly<Record<string, string>> = {
  'app-secret-missing': "Set the account's app secret.",
  'app-secret-malformed': "Set the account's app secret again.",
  'app-secret-unavailable': 'Secrets Manager does not answer; the stored token is served to its end.',
  'issues-used-up': "The day's issues are used up; find out who refreshes this account elsewhere.",
  'forced-issue-not-allowed': 'Wait: forced issues are limited to one in 30 s and ten a day.',
};
const ADVICE_OTHERWISE = 'WeChat or the network is in trouble; the gateway keeps trying.';

/**
 * `GET /gateway/status`: per account of the caller how its token stands: seconds of life left, last refresh, last failure with what to do
 * about it, next due. Read fresh from the table; holds no token.
 * @throws {Refusal}
 */
export async function showStatus(
  dependencies: OwnEndpointDependencies,
  request: CallRequest,
  trace: CallTrace,
): Promise<CallAnswer> {
  const authenticated = await authenticate(dependencies, request);
  const { caller, keyId } = authenticated;
  Object.assign(trace, { caller: caller.id, keyId });
  const now = dependencies.clock.now();
  const accounts = await Promise.all(
    grantedAccounts(caller).map(async (appId) => {
      const state = await readable(dependencies.tokens.glance(appId));
      return state === undefined ? { appId, known: false } : describeState(state, now);
    }),
  );
  return json(200, { accounts });
}

/** One account's token for people and programs: no token, no secret. `null` where there is nothing to say. */
export async function describeState(state: TokenState, now: number) {
  const { appId, disabled, token, failure, nextDueAt } = state;
  const usable = usableToken(state, now);
  return {
    appId,
    disabled,
    tokenLifeSeconds: usable === undefined ? 0 : Math.floor((usable.expiresAt - now) / 1000),
    fingerprint: usable?.fingerprint ?? null,
    mode: token?.mode ?? null,
    lastRefreshAt: token === undefined ? null : isoTime(token.receivedAt),
    lastFailure: failure === undefined ? null : await describeFailure(failure),
    nextDueAt: isoTime(nextDueAt),
    issuedByDay: state.issued,
  };
}

/** A failure with what it means and what to do about it. */
export async function describeFailure({
  at,
  count,
  class: failureClass,
  cause,
  errcode,
  rid,
  egressAddress,
}: RecordedFailure) {
  // Only who asks for the status pays for loading the table of errcodes.
  const { errcodeEntry } = await import('../wechat/errcode.ts');
  const entry = errcode === undefined ? undefined : errcodeEntry(errcode);
  return {
    at: isoTime(at),
    resolved: count === 0,
    class: failureClass,
    cause,
    errcode: errcode ?? null,
    meaning: entry?.meaning ?? null,
    advice: entry?.advice ?? ADVICE_BY_CAUSE[cause] ?? ADVICE_OTHERWISE,
    rid: rid ?? null,
    egressAddress: egressAddress ?? null,
  };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

import { isTokenRefusal, peekErrcode } from '../wechat/answer.ts';
import type { CallLimits, Failover, Upstream } from '../wechat/upstream.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../wechat/wechat-api.ts';
import type { AccessToken } from './access-token.ts';
import { type HealDependencies, type HealOutcome, heal } from './heal.ts';
import { usableToken } from './token-state.ts';

/** What calls of the gateway's own need; one set per environment. */
export interface AccountCallDependencies extends HealDependencies {
  readonly upstream: Upstream;
}

/** One call of the gateway's own, complete but for the token. */
export interface AccountCall {
  readonly request: Omit<UpstreamRequest, 'query'>;
  /** `deadline` ends everything: a heal, and the call twice. */
  readonly limits: CallLimits;
  readonly failover: Failover;
}

/** WeChat's answer with the token that it was given to, or why there was no token to call with. */
export type AccountCallOutcome =
  | { readonly kind: 'answered'; readonly answer: UpstreamAnswer; readonly token: AccessToken }
  | { readonly kind: 'no-token' | 'unknown-account' };

/**
 * Makes one call with an account's token. A refused token is healed and the call made once more with the same bytes: WeChat checks the token first, so
 * nothing is done twice. What the second one is answered is the outcome, a refusal too.
 * @throws {UpstreamFailure} when there is no whole answer, and the table's error when it does not answer
 */
export async function callAsAccount(
  dependencies: AccountCallDependencies,
  appId: string,
  call: AccountCall,
): Promise<AccountCallOutcome> {
  const { deadline } = call.limits;
  const held = await tokenOf(dependencies, appId, deadline);
  if (held.kind !== 'token') return held;
  const answer = await send(dependencies, call, held.token);
  if (!isRefused(answer)) return { kind: 'answered', answer, token: held.token };
  const { fingerprint } = held.token;
  const healed = await heal(dependencies, { appId, refused: { fingerprint }, deadline });
  if (healed.kind !== 'token') return healed;
  return { kind: 'answered', answer: await send(dependencies, call, healed.token), token: healed.token };
}

/** The stored token, or the outcome of a refresh when there is none that may be used. */
async function tokenOf(dependencies: AccountCallDependencies, appId: string, deadline: number): Promise<HealOutcome> {
  const state = await dependencies.reader.get(appId);
  if (state === undefined || state.disabled) return { kind: 'unknown-account' };
  const token = usableToken(state, dependencies.clock.now());
  if (token !== undefined) return { kind: 'token', token };
  return heal(dependencies, { appId, refused: undefined, deadline });
}

function send(
  { upstream }: AccountCallDependencies,
  { request, limits, failover }: AccountCall,
  token: AccessToken,
): Promise<UpstreamAnswer> {
  const query = `access_token=${encodeURIComponent(token.value)}`;
  return upstream.call({ ...request, query }, limits, failover);
}

function isRefused(answer: UpstreamAnswer): boolean {
  return isTokenRefusal(peekErrcode(answer)?.errcode ?? 0);
}

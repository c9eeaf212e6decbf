import { type CallAnswer, json } from '../api-call/answer-shape.ts';
import { accountOf, authenticate } from '../api-call/authenticate.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import { type CallDependencies, tokenFor } from '../api-call/call-wechat-api.ts';
import { Refusal } from '../api-call/refusal.ts';
import type { CallRequest } from '../api-call/request.ts';
import { grantsPermission } from '../caller/grant.ts';
import { notingKeyUse } from '../caller/key-use.ts';

/**
 * `GET /gateway/token`: the account's real access token, for servers that must call WeChat themselves. The only answer of the gateway that
 * holds one; it needs the permission `token:read`. In WeChat's field names, `expires_in` in seconds that are left.
 * @throws {Refusal}
 */
export async function showToken(
  dependencies: CallDependencies,
  request: CallRequest,
  deadline: number,
  trace: CallTrace,
): Promise<CallAnswer> {
  const authenticated = await authenticate(dependencies, request);
  const { caller, keyId } = authenticated;
  Object.assign(trace, { caller: caller.id, keyId });
  const appId = accountOf(request, authenticated);
  trace.account = appId;
  if (!grantsPermission(caller, appId, 'token:read')) throw new Refusal('not-granted');
  const token = await notingKeyUse(dependencies.keyUse, authenticated, () => tokenFor(dependencies, appId, deadline));
  const lifeMs = token.expiresAt - dependencies.clock.now();
  return json(200, {
    access_token: token.value,
    expires_in: Math.floor(lifeMs / 1000),
    appId,
    fingerprint: token.fingerprint,
  });
}

import { type AuthenticatedCaller, accountOf, authenticate } from '../api-call/authenticate.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import type { CallDependencies } from '../api-call/call-wechat-api.ts';
import { checkGranted } from '../api-call/check-granted.ts';
import type { CallRequest } from '../api-call/request.ts';
import { GETTICKET_PATH } from './issue-ticket.ts';

/**
 * The caller and the account whose tickets it may use: whoever is granted WeChat's path for tickets may also sign with them. Limits do not count
 * here, since almost nothing of it goes up to WeChat; what does is counted when a ticket is renewed.
 * @throws {Refusal} as every call that is not authenticated, names no account that can be called for, or is not granted
 */
export async function ticketAccount(
  dependencies: CallDependencies,
  request: CallRequest,
  trace: CallTrace,
): Promise<AuthenticatedCaller & { readonly appId: string }> {
  const authenticated = await authenticate(dependencies, request);
  const { caller, keyId } = authenticated;
  Object.assign(trace, { caller: caller.id, keyId });
  const appId = accountOf(request, authenticated);
  trace.account = appId;
  await checkGranted(dependencies, caller, appId, GETTICKET_PATH);
  return { caller, keyId, appId };
}

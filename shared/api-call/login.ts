import { type CallAnswer, passThrough } from './answer-shape.ts';
import type { CallTrace } from './call-trace.ts';
import type { CallDependencies } from './call-wechat-api.ts';
import { authoriseAppSecretCall, sendAppSecretCall } from './make-app-secret-call.ts';
import { Refusal } from './refusal.ts';
import type { CallRequest } from './request.ts';
import { sealUserTokens } from './seal-user-tokens.ts';

/**
 * Answers a user's login: `sns/jscode2session` (doc/miniprogram code2Session) with WeChat's bytes, session key included;
 * `sns/oauth2/access_token` (doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html) with the user's two tokens sealed.
 * @throws {Refusal} with the causes of a call that carries the app secret
 */
export async function answerLogin(
  dependencies: CallDependencies,
  call: 'sns/jscode2session' | 'sns/oauth2/access_token',
  request: CallRequest,
  deadline: number,
  trace: CallTrace,
): Promise<CallAnswer> {
  if (request.method !== 'GET') throw new Refusal('method-not-allowed');
  const fields = Object.fromEntries(new URLSearchParams(request.query));
  const authorised = await authoriseAppSecretCall(dependencies, call, fields, request.role, trace);
  const answer = await sendAppSecretCall(dependencies, call, authorised, fields, deadline, trace);
  const { caller, appId } = authorised;
  return passThrough(call === 'sns/jscode2session' ? answer : sealUserTokens(answer, caller, appId));
}

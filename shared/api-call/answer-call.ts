import { type CallAnswer, passThrough } from './answer-shape.ts';
import type { CallTrace } from './call-trace.ts';
import { type CallDependencies, callWechatApi } from './call-wechat-api.ts';
import { classicTokenFields, issueGatewayToken, stableTokenFields } from './issue-gateway-token.ts';
import { comparablePath } from './path.ts';
import type { CallRequest } from './request.ts';

/** Answers one call. @throws {Refusal} */
export type AnswerCall = (request: CallRequest, deadline: number, trace: CallTrace) => Promise<CallAnswer>;

/** WeChat's paths: those that the gateway answers itself, and the generic route for all others. */
export function createAnswerCall(dependencies: CallDependencies): AnswerCall {
  const answeredHere = new Map<string, AnswerCall>([
    [
      '/cgi-bin/token',
      (request, _deadline, trace) => issueGatewayToken(dependencies, classicTokenFields(request), trace),
    ],
    [
      '/cgi-bin/stable_token',
      (request, _deadline, trace) => issueGatewayToken(dependencies, stableTokenFields(request), trace),
    ],
  ]);
  const generic: AnswerCall = async (request, deadline, trace) =>
    passThrough(await callWechatApi(dependencies, request, deadline, trace));
  return (request, deadline, trace) =>
    (answeredHere.get(comparablePath(request.path)) ?? generic)(request, deadline, trace);
}

import { answerGetticket } from '../ticket/answer-getticket.ts';
import type { TicketDependencies } from '../ticket/get-ticket.ts';
import { GETTICKET_PATH } from '../ticket/issue-ticket.ts';
import { ticketTypeIn } from '../ticket/ticket.ts';
import { type CallAnswer, passThrough } from './answer-shape.ts';
import type { CallTrace } from './call-trace.ts';
import { callWechatApi } from './call-wechat-api.ts';
import { clearEndpointQuota, clearQuota, clearQuotaByAppSecret } from './clear-quota.ts';
import { classicTokenFields, issueGatewayToken, stableTokenFields } from './issue-gateway-token.ts';
import { answerLogin } from './login.ts';
import { comparablePath } from './path.ts';
import type { CallRequest } from './request.ts';
import { answerUserTokenCall } from './user-token-call.ts';

/** Answers one call. @throws {Refusal} */
export type AnswerCall = (request: CallRequest, deadline: number, trace: CallTrace) => Promise<CallAnswer>;

/** WeChat's paths: those that the gateway answers itself, and the generic route for all others. */
export function createAnswerCall(dependencies: TicketDependencies): AnswerCall {
  const generic: AnswerCall = async (request, deadline, trace) =>
    passThrough(await callWechatApi(dependencies, request, deadline, trace));
  const getticket: AnswerCall = (request, deadline, trace) => {
    const type = ticketTypeIn(request.query);
    if (type === undefined) return generic(request, deadline, trace);
    return answerGetticket(dependencies, type, request, deadline, trace);
  };
  const answeredHere = new Map<string, AnswerCall>([
    [
      '/cgi-bin/token',
      (request, _deadline, trace) => issueGatewayToken(dependencies, classicTokenFields(request), trace),
    ],
    [
      '/cgi-bin/stable_token',
      (request, _deadline, trace) => issueGatewayToken(dependencies, stableTokenFields(request), trace),
    ],
    ['/sns/jscode2session', (...call) => answerLogin(dependencies, 'sns/jscode2session', ...call)],
    ['/sns/oauth2/access_token', (...call) => answerLogin(dependencies, 'sns/oauth2/access_token', ...call)],
    ['/sns/oauth2/refresh_token', (...call) => answerUserTokenCall(dependencies, 'sns/oauth2/refresh_token', ...call)],
    ['/sns/userinfo', (...call) => answerUserTokenCall(dependencies, 'sns/userinfo', ...call)],
    ['/sns/auth', (...call) => answerUserTokenCall(dependencies, 'sns/auth', ...call)],
    ['/cgi-bin/clear_quota', (...call) => clearQuota(dependencies, ...call)],
    ['/cgi-bin/clear_quota/v2', (...call) => clearQuotaByAppSecret(dependencies, ...call)],
    ['/cgi-bin/openapi/quota/clear', (...call) => clearEndpointQuota(dependencies, ...call)],
    [GETTICKET_PATH, getticket],
  ]);
  return (request, deadline, trace) =>
    (answeredHere.get(comparablePath(request.path)) ?? generic)(request, deadline, trace);
}

import { type CallAnswer, json } from '../api-call/answer-shape.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import type { CallRequest } from '../api-call/request.ts';
import { notingKeyUse } from '../caller/key-use.ts';
import { getTicket, type TicketDependencies, TicketRefused } from './get-ticket.ts';
import type { TicketType } from './ticket.ts';
import { ticketAccount } from './ticket-account.ts';

/**
 * Answers `GET /cgi-bin/ticket/getticket` in WeChat's manner (doc/service/guide/h5/jssdk.html, appendix 1), almost always without WeChat. Asked
 * again it gives the same ticket, `expires_in` in seconds that are left. What WeChat said no with is answered as it was said.
 * @throws {Refusal}
 */
export async function answerGetticket(
  dependencies: TicketDependencies,
  type: TicketType,
  request: CallRequest,
  deadline: number,
  trace: CallTrace,
): Promise<CallAnswer> {
  const account = await ticketAccount(dependencies, request, trace);
  const name = { appId: account.appId, type };
  try {
    const { value, expiresAt } = await notingKeyUse(dependencies.keyUse, account, () =>
      getTicket(dependencies, { name, caller: account.caller, deadline }),
    );
    const lifeMs = expiresAt - dependencies.clock.now();
    return json(200, { errcode: 0, errmsg: 'ok', ticket: value, expires_in: Math.max(0, Math.floor(lifeMs / 1000)) });
  } catch (error) {
    if (!(error instanceof TicketRefused)) throw error;
    // WeChat's word is the answer.
    const { errcode, errmsg } = error;
    trace.errcode = errcode;
    return json(200, { errcode, errmsg });
  }
}

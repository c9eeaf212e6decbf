import { type CallAnswer, json, problem } from '../api-call/answer-shape.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import { jsonFields } from '../api-call/issue-gateway-token.ts';
import { Refusal } from '../api-call/refusal.ts';
import type { CallRequest } from '../api-call/request.ts';
import { randomBase62 } from '../caller/base62.ts';
import { notingKeyUse } from '../caller/key-use.ts';
import { getTicket, type TicketDependencies, TicketRefused } from '../ticket/get-ticket.ts';
import { jsSignature } from '../ticket/js-signature.ts';
import { ticketAccount } from '../ticket/ticket-account.ts';

const NONCE_LENGTH = 16;
/** What no browser has in `location.href`: spaces and control characters. */
const NOT_IN_AN_ADDRESS = /[\p{White_Space}\p{Cc}]/u;

/**
 * `POST /gateway/js-signature` with `{"url"}`, the address of the page as `location.href` has it: what `wx.config` takes, `appId`, `timestamp`
 * (epoch seconds), `nonceStr` and `signature` (doc/service/guide/h5/jssdk.html). Every call makes a new nonce. The account is the credential's, as
 * for every call; the grant is that of WeChat's path for tickets.
 * @throws {Refusal} `malformed-json`, `malformed-page-url`, and as every call
 */
export async function signPage(
  dependencies: TicketDependencies,
  request: CallRequest,
  deadline: number,
  trace: CallTrace,
): Promise<CallAnswer> {
  const account = await ticketAccount(dependencies, request, trace);
  const { appId, caller } = account;
  const url = pageUrlIn(jsonFields(request.body));
  try {
    const ticket = await notingKeyUse(dependencies.keyUse, account, () =>
      getTicket(dependencies, { name: { appId, type: 'jsapi' }, caller, deadline }),
    );
    const timestamp = Math.floor(dependencies.clock.now() / 1000);
    const nonceStr = randomBase62(NONCE_LENGTH);
    const signature = jsSignature(ticket.value, { url, nonceStr, timestamp });
    return json(200, { appId, timestamp, nonceStr, signature });
  } catch (error) {
    if (!(error instanceof TicketRefused)) throw error;
    // WeChat's word, in the manner of this endpoint.
    const { errcode, errmsg } = error;
    trace.errcode = errcode;
    return problem({ cause: 'ticket-refused', errcode, httpStatus: 502, errmsg: `WeChat refused a ticket: ${errmsg}` });
  }
}

/** The text as it came: what is signed must be what the page compares with. @throws {Refusal} `malformed-page-url` */
function pageUrlIn({ url }: Readonly<Record<string, unknown>>): string {
  const isAddress = typeof url === 'string' && /^https?:\/\//i.test(url) && URL.canParse(url);
  if (!isAddress || NOT_IN_AN_ADDRESS.test(url)) throw new Refusal('malformed-page-url');
  return url;
}

import type { AccessToken } from '../access-token/access-token.ts';
import { CLOCKS_DIFFER_BY_MS, ISSUE_DEADLINE_MS } from '../access-token/lease-rules.ts';
import { withAccessToken } from '../api-call/query.ts';
import type { Clock } from '../clock.ts';
import { isTokenRefusal, peekErrcode } from '../wechat/answer.ts';
import { issuedText } from '../wechat/issued-text.ts';
import type { Upstream } from '../wechat/upstream.ts';
import { type UpstreamAnswer, UpstreamFailure } from '../wechat/wechat-api.ts';
import type { Ticket, TicketType } from './ticket.ts';
import type { TicketFailure } from './ticket-state.ts';

/** WeChat's path for tickets; a caller that is granted it may have tickets, and signatures made with them. */
export const GETTICKET_PATH = '/cgi-bin/ticket/getticket';

/** What one call for a ticket came to. */
export type TicketIssueOutcome =
  | { readonly kind: 'issued'; readonly ticket: Ticket }
  /** The access token was refused, so nothing was carried out. */
  | { readonly kind: 'token-refused' }
  | { readonly kind: 'failed'; readonly failure: TicketFailure };

/** One call for a ticket. */
export interface TicketIssueRequest {
  readonly type: TicketType;
  readonly token: AccessToken;
  /** The call is cut short, or nothing is sent, when it could outlive the lease by any clock. Epoch milliseconds. */
  readonly leaseEnd: number;
  /** The end of the caller's whole budget, epoch milliseconds. */
  readonly deadline: number;
}

const MAX_ANSWER_BYTES = 16_384;
/** With less time than this a call is not begun, on either host. */
const CALL_NEEDS_MS = 1_000;
const LONGEST_ERRMSG = 256;

class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/**
 * Asks WeChat for a ticket, once and never again after sending (doc/service/guide/h5/jssdk.html, appendix 1). Takes at most 4 s in all. Never
 * throws for what WeChat or the network does, and no failure holds a ticket or token.
 */
export async function issueTicket(
  { upstream, clock }: { readonly upstream: Upstream; readonly clock: Pick<Clock, 'now'> },
  { type, token, leaseEnd, deadline: callDeadline }: TicketIssueRequest,
): Promise<TicketIssueOutcome> {
  // The next holder's clock may be ahead of ours: this call must be over when that clock sees the lease end.
  const deadline = Math.min(clock.now() + ISSUE_DEADLINE_MS, leaseEnd - CLOCKS_DIFFER_BY_MS, callDeadline);
  let sentAt = 0;
  const onSend = (): void => {
    sentAt = clock.now();
    if (deadline - sentAt < CALL_NEEDS_MS) throw new TimeIsUp();
  };
  const query = withAccessToken(`type=${type}`, token.value);
  try {
    const answer = await upstream.call(
      { method: 'GET', path: GETTICKET_PATH, query, headers: {}, body: undefined },
      {
        firstByteTimeoutMs: ISSUE_DEADLINE_MS,
        deadline,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        secondAttemptNeedsMs: CALL_NEEDS_MS,
        onSend,
      },
      'never-after-sending',
    );
    return judgeAnswer(answer, sentAt);
  } catch (error) {
    if (error instanceof UpstreamFailure) return failed(error.kind);
    if (error instanceof TimeIsUp) return failed('lease-ended');
    throw error;
  }
}

function judgeAnswer(answer: UpstreamAnswer, sentAt: number): TicketIssueOutcome {
  if (answer.status !== 200) return failed(`status-${answer.status}`);
  const peeked = peekErrcode(answer);
  if (peeked !== undefined && isTokenRefusal(peeked.errcode)) return { kind: 'token-refused' };
  if (peeked !== undefined && peeked.errcode !== 0) {
    return failed('errcode', { errcode: peeked.errcode, errmsg: plainText(peeked.errmsg ?? '') });
  }
  const issued = issuedText(answer.body, 'ticket');
  if (issued === undefined) return failed('odd-answer');
  return { kind: 'issued', ticket: { value: issued.value, sentAt, expiresAt: sentAt + issued.lifeMs } };
}

function failed(cause: string, refused?: TicketFailure['refused']): TicketIssueOutcome {
  return { kind: 'failed', failure: { cause, refused } };
}

function plainText(errmsg: string): string {
  return errmsg.slice(0, LONGEST_ERRMSG).replaceAll(/[^\x20-\x7e]/g, '?');
}

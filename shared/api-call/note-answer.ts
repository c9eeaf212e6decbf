import { type PeekedErrcode, peekErrcode, refusedAddress } from '../wechat/answer.ts';
import { ADDRESS_REFUSED } from '../wechat/issue-refusals.ts';
import type { UpstreamAnswer } from '../wechat/wechat-api.ts';
import type { CallTrace } from './call-trace.ts';

/** Puts WeChat's word into the trace, and returns it. */
export function noteAnswer(trace: CallTrace, answer: UpstreamAnswer): PeekedErrcode | undefined {
  const peeked = peekErrcode(answer);
  trace.origin = answer.origin;
  trace.errcode = peeked?.errcode;
  trace.rid = peeked?.rid;
  trace.egressAddress = peeked?.errcode === ADDRESS_REFUSED ? refusedAddress(peeked.errmsg ?? '') : undefined;
  return peeked;
}

import { type PeekedErrcode, peekErrcode } from '../wechat/answer.ts';
import type { UpstreamAnswer } from '../wechat/wechat-api.ts';
import type { CallTrace } from './call-trace.ts';

/** Puts WeChat's word into the trace, and returns it. */
export function noteAnswer(trace: CallTrace, answer: UpstreamAnswer): PeekedErrcode | undefined {
  const peeked = peekErrcode(answer);
  trace.origin = answer.origin;
  trace.errcode = peeked?.errcode;
  trace.rid = peeked?.rid;
  return peeked;
}

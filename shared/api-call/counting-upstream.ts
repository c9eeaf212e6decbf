import type { UsageRecorder } from '../usage/usage-recorder.ts';
import { peekErrcode } from '../wechat/answer.ts';
import type { Upstream } from '../wechat/upstream.ts';
import { UpstreamFailure } from '../wechat/wechat-api.ts';
import type { CallTrace } from './call-trace.ts';
import { countCall } from './count-call.ts';

/** The same upstream, for calls that the gateway makes in a caller's name: it counts what goes up. */
export function countingUpstream(
  upstream: Upstream,
  usage: Pick<UsageRecorder, 'count'>,
  name: Required<Pick<CallTrace, 'account' | 'caller'>>,
): Upstream {
  return {
    async call(request, ...rest) {
      try {
        const answer = await upstream.call(request, ...rest);
        countCall(usage, { ...name, errcode: peekErrcode(answer)?.errcode }, request, answer);
        return answer;
      } catch (error) {
        if (error instanceof UpstreamFailure && error.sent) countCall(usage, name, request, undefined);
        throw error;
      }
    },
  };
}

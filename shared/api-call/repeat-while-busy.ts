import type { Clock } from '../clock.ts';
import { endpointOf } from '../wechat/endpoints.ts';
import type { CallTrace } from './call-trace.ts';
import { REPLAY_NEEDS_MS } from './forward.ts';
import type { CallRequest } from './request.ts';

/** WeChat's "system busy": wait and call again (doc/channels/API/basics/commErrCode.html). */
const BUSY = -1;
/** Before the first repetition and the second; there is no third. */
const LONGEST_PAUSES_MS = [500, 1_000] as const;

/** How one call is sent, and whether it may be sent once more. */
export interface RepeatableCall<Answer> {
  /** Leaves WeChat's errcode in the trace. */
  readonly send: () => Promise<Answer>;
  /** Counts a repetition against the limits: it costs WeChat's quota like any call. */
  readonly mayRepeat: () => Promise<boolean>;
}

/**
 * Sends a call, and again while WeChat says -1: at most twice, after a random part of a growing pause (full jitter), only for endpoints of the catalogue
 * that just read, and only while the call's budget and the limits have room. Otherwise WeChat's -1 is the answer. A send is never repeated: it may have
 * been carried out.
 * @throws what `send` and `mayRepeat` throw
 */
export async function repeatWhileBusy<Answer>(
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
  { request, deadline, trace }: { readonly request: CallRequest; readonly deadline: number; readonly trace: CallTrace },
  { send, mayRepeat }: RepeatableCall<Answer>,
): Promise<Answer> {
  let answer = await send();
  if (trace.errcode !== BUSY || !isSafeToRepeat(request)) return answer;
  for (const longestPauseMs of LONGEST_PAUSES_MS) {
    if (trace.errcode !== BUSY) return answer;
    const pauseMs = random() * longestPauseMs;
    if (clock.now() + pauseMs > deadline - REPLAY_NEEDS_MS || !(await mayRepeat())) return answer;
    await clock.sleep(pauseMs);
    trace.repeated = (trace.repeated ?? 0) + 1;
    answer = await send();
  }
  return answer;
}

function isSafeToRepeat({ method, path }: CallRequest): boolean {
  const endpoint = endpointOf(path);
  return endpoint?.safeToRepeat === true && endpoint.method === method;
}

import type { UsageRecorder } from '../usage/usage-recorder.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../wechat/wechat-api.ts';
import type { CallTrace } from './call-trace.ts';

/** Counts one request that went up, by the caller and account in the trace. @param answer `undefined` when no whole one came */
export function countCall(
  usage: Pick<UsageRecorder, 'count'>,
  { account, caller, errcode }: CallTrace,
  { path, body }: Pick<UpstreamRequest, 'path' | 'body'>,
  answer: UpstreamAnswer | undefined,
): void {
  // Nothing goes up before both are known.
  if (account === undefined || caller === undefined) return;
  usage.count({
    appId: account,
    callerId: caller,
    path,
    requestBytes: body?.byteLength ?? 0,
    answer: answer && { status: answer.status, errcode, bytes: answer.body.byteLength },
  });
}

/**
 * What WeChat's answer to a clear of quotas says: `unknown` when it may have been done, so that it has to stay counted in the month's allowance, and when
 * nobody can say that the counters began anew.
 */
export type ClearVerdict = 'cleared' | 'refused' | 'unknown';

/** "System busy" (doc/channels/API/basics/commErrCode.html), which does not say that nothing was done. */
const BUSY = -1;

/** Judges an answer. @param errcode `undefined` when it has none: somebody else's page, or WeChat in trouble */
export function clearVerdict(status: number, errcode: number | undefined): ClearVerdict {
  if (errcode === undefined || errcode === BUSY) return 'unknown';
  if (errcode !== 0) return 'refused';
  return status === 200 ? 'cleared' : 'unknown';
}

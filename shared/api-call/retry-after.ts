import type { CallAnswer } from './answer-shape.ts';

/** WeChat's, and ours for a caller's limit per minute: slow down and call again in the next minute. */
const MINUTE_QUOTA_REACHED = 45011;
const MINUTE_MS = 60_000;

/** The answer with the seconds until the next minute in `retry-after` (RFC 9110 section 10.2.3) when it says 45011, unless WeChat has put that there. */
export function withRetryAfter(answer: CallAnswer, errcode: number | undefined, now: number): CallAnswer {
  if (errcode !== MINUTE_QUOTA_REACHED || 'retry-after' in answer.headers) return answer;
  const seconds = Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1_000);
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}

import { REFUSALS, type RefusalCause } from './refusal.ts';

/**
 * Whose trouble a refusal is. `caller`: its credential, its grants or its limits. `request`: what was asked for. `upstream`: WeChat or the way there.
 * `gateway`: the gateway itself, its token or its app secret, so that an operator has to look.
 */
export type Fault = 'caller' | 'request' | 'upstream' | 'gateway';

const UPSTREAM: ReadonlySet<RefusalCause> = new Set(['upstream-unreachable', 'upstream-timeout', 'upstream-broke']);
const CALLER: ReadonlySet<number> = new Set([401, 403, 429]);

/** Whose trouble a refusal is, by its cause. */
export function faultOf(cause: RefusalCause): Fault {
  if (UPSTREAM.has(cause)) return 'upstream';
  // The caller asked for too much; nothing is out of order.
  if (cause === 'answer-too-large') return 'request';
  const { httpStatus } = REFUSALS[cause];
  if (CALLER.has(httpStatus)) return 'caller';
  return httpStatus >= 500 ? 'gateway' : 'request';
}

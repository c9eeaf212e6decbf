import type { Clock } from '../clock.ts';
import { isTokenRefusal, peekErrcode } from '../wechat/answer.ts';
import type { Upstream } from '../wechat/upstream.ts';
import { type UpstreamAnswer, UpstreamFailure } from '../wechat/wechat-api.ts';
import type { AccessToken } from './access-token.ts';
import { PROBE_DEADLINE_MS } from './lease-rules.ts';

/** What WeChat says of a token: it takes it, refuses it, or gives no clear answer. */
export type ProbeVerdict = 'works' | 'refused' | 'unclear';

const MAX_ANSWER_BYTES = 1_048_576;
const SECOND_HOST_NEEDS_MS = 500;
/** Answers that say nothing of the token: WeChat's own trouble, and our address refused before the token is looked at. */
const SAYS_NOTHING: ReadonlySet<number> = new Set([-1, 40164]);

/**
 * Asks WeChat whether it takes the token, with a call that costs no token quota (doc/channels/api/basic/api_getapidomainip). Takes at most
 * 1.5 s; never throws for what WeChat or the network does.
 */
export async function probe(
  { upstream, clock }: { readonly upstream: Upstream; readonly clock: Clock },
  token: AccessToken,
): Promise<ProbeVerdict> {
  const query = `access_token=${encodeURIComponent(token.value)}`;
  const request = { method: 'GET', path: '/cgi-bin/get_api_domain_ip', query, headers: {}, body: undefined } as const;
  const deadline = clock.now() + PROBE_DEADLINE_MS;
  const limits = {
    firstByteTimeoutMs: PROBE_DEADLINE_MS,
    deadline,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    secondAttemptNeedsMs: SECOND_HOST_NEEDS_MS,
  };
  try {
    const answer = await upstream.call(request, limits, 'never-after-sending');
    return clock.now() > deadline ? 'unclear' : verdictOf(answer);
  } catch (error) {
    if (error instanceof UpstreamFailure) return 'unclear';
    throw error;
  }
}

function verdictOf(answer: UpstreamAnswer): ProbeVerdict {
  if (answer.status !== 200) return 'unclear';
  const peeked = peekErrcode(answer);
  if (peeked === undefined || peeked.errcode === 0) return holdsList(answer.body) ? 'works' : 'unclear';
  if (isTokenRefusal(peeked.errcode)) return 'refused';
  return SAYS_NOTHING.has(peeked.errcode) ? 'unclear' : 'works';
}

/** Whether this is WeChat's own answer and not some page in front of it. */
function holdsList(body: Uint8Array): boolean {
  try {
    const content: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof content === 'object' && content !== null && 'ip_list' in content;
  } catch {
    // Not JSON: somebody else's page.
    return false;
  }
}

import type { AccessToken } from '../access-token/access-token.ts';
import type { Clock } from '../clock.ts';
import { type PeekedErrcode, peekErrcode } from '../wechat/answer.ts';
import type { Upstream } from '../wechat/upstream.ts';
import { UpstreamFailure } from '../wechat/wechat-api.ts';

/** What WeChat answered to a call of the examination. */
export interface TokenCallAnswer {
  /** 0 for success. */
  readonly said: PeekedErrcode;
  /** The whole answer, parsed; `undefined` when it is not JSON. May hold the token. */
  readonly content: unknown;
}

const MAX_ANSWER_BYTES = 262_144;
const SECOND_HOST_NEEDS_MS = 1_000;

/**
 * Posts JSON with the account's token, once.
 * @returns `undefined` when no whole answer came in time, or one that is not WeChat's
 */
export async function callWithToken(
  { upstream, clock }: { readonly upstream: Upstream; readonly clock: Clock },
  token: AccessToken,
  { path, body, deadlineMs }: { readonly path: string; readonly body: object; readonly deadlineMs: number },
): Promise<TokenCallAnswer | undefined> {
  const request = {
    method: 'POST',
    path,
    query: `access_token=${encodeURIComponent(token.value)}`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  } as const;
  const limits = {
    firstByteTimeoutMs: deadlineMs,
    deadline: clock.now() + deadlineMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    secondAttemptNeedsMs: SECOND_HOST_NEEDS_MS,
  };
  try {
    const answer = await upstream.call(request, limits, 'never-after-sending');
    const content = parsed(answer.body);
    if (answer.status !== 200 || typeof content !== 'object' || content === null) return undefined;
    return { said: peekErrcode(answer) ?? { errcode: 0 }, content };
  } catch (error) {
    if (error instanceof UpstreamFailure) return undefined;
    throw error;
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // Somebody else's page: no answer of WeChat's.
    return undefined;
  }
}

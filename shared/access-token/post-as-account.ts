import { type PeekedErrcode, peekErrcode } from '../wechat/answer.ts';
import { UpstreamFailure } from '../wechat/wechat-api.ts';
import type { AccessToken } from './access-token.ts';
import { type AccountCallDependencies, callAsAccount } from './call-as-account.ts';

/** What came of a post. */
export type PostOutcome =
  | {
      readonly kind: 'answered';
      /** 0 is success; `undefined` where the answer has no errcode, which answers with data may leave out. */
      readonly said: PeekedErrcode | undefined;
      /** The whole answer, parsed; may hold the token. */
      readonly content: Readonly<Record<string, unknown>>;
      readonly body: Uint8Array;
      readonly token: AccessToken;
    }
  | {
      readonly kind: 'failed';
      /** `no-token`, `unknown-account`, `http-` and a status, `odd-answer`, or the kind of an `UpstreamFailure`. */
      readonly cause: string;
      /** Whether WeChat may have carried it out. */
      readonly sent: boolean;
    };

/** For everything: a heal, and the call twice. */
const BUDGET_MS = 12_000;
const FIRST_BYTE_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 1_048_576;

/**
 * Posts JSON with an account's token as {@link callAsAccount} does; to a second host only when it certainly was not sent to the first. Takes 12 s at worst.
 * @throws the table's error when it does not answer
 */
export async function postAsAccount(
  dependencies: AccountCallDependencies,
  appId: string,
  path: string,
  body: object,
): Promise<PostOutcome> {
  const request = {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
    body: Buffer.from(JSON.stringify(body)),
  } as const;
  const deadline = dependencies.clock.now() + BUDGET_MS;
  const limits = { firstByteTimeoutMs: FIRST_BYTE_TIMEOUT_MS, deadline, maxAnswerBytes: MAX_ANSWER_BYTES };
  try {
    const outcome = await callAsAccount(dependencies, appId, { request, limits, failover: 'never-after-sending' });
    if (outcome.kind !== 'answered') return { kind: 'failed', cause: outcome.kind, sent: false };
    const { answer, token } = outcome;
    if (answer.status !== 200) return { kind: 'failed', cause: `http-${answer.status}`, sent: true };
    const content = objectIn(answer.body);
    if (content === undefined) return { kind: 'failed', cause: 'odd-answer', sent: true };
    return { kind: 'answered', said: peekErrcode(answer), content, body: answer.body, token };
  } catch (error) {
    // An outcome like others; the table's own trouble is not.
    if (error instanceof UpstreamFailure) return { kind: 'failed', cause: error.kind, sent: error.sent };
    throw error;
  }
}

/** `undefined` for an answer that is not WeChat's, such as the page of something in front of it. */
function objectIn(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof content === 'object' && content !== null && !Array.isArray(content) ? { ...content } : undefined;
  } catch (error) {
    // Reported as an odd answer.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

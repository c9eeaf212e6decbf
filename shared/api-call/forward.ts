import type { AccessToken } from '../access-token/access-token.ts';
import type { Clock } from '../clock.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import type { Failover, Upstream } from '../wechat/upstream.ts';
import {
  type UpstreamAnswer,
  UpstreamFailure,
  type UpstreamFailureKind,
  type UpstreamRequest,
} from '../wechat/wechat-api.ts';
import type { CallTrace } from './call-trace.ts';
import { countCall } from './count-call.ts';
import { noteAnswer } from './note-answer.ts';
import { stripCredentials, withAccessToken } from './query.ts';
import { Refusal, type RefusalCause } from './refusal.ts';
import type { CallRequest } from './request.ts';
import { upstreamHeaders } from './request-headers.ts';

/** API Gateway ends a call after 30 s and Lambda ours after 29: what is left is for answering. */
export const CALL_BUDGET_MS = 25_000;
/** A replay starts only if this much of the budget is left: connecting, and a first byte that does not keep one waiting. */
export const REPLAY_NEEDS_MS = 5_000;

const FIRST_BYTE_TIMEOUT_MS = 15_000;
const UPLOAD_FIRST_BYTE_TIMEOUT_MS = 20_000;
/** What Lambda's 6,291,556 bytes of answer leave after base64 and headers. */
const MAX_ANSWER_BYTES = 4_400_000;

/** What sending to WeChat needs. */
export interface SendDependencies {
  readonly upstream: Upstream;
  readonly clock: Pick<Clock, 'now'>;
}

/** What sending to WeChat in a caller's name needs. */
export interface CountedSendDependencies extends SendDependencies {
  readonly usage: Pick<UsageRecorder, 'count'>;
}

const TIMEOUTS: ReadonlySet<UpstreamFailureKind> = new Set(['first-byte-timeout', 'deadline', 'connect-timeout']);

/**
 * Sends the caller's request to WeChat with the account's token: path and body byte for byte, the query without any credential but ours.
 * @param trace gets WeChat's word, the time that it took, and whether anything was sent
 * @throws {Refusal} `malformed-header`; `upstream-unreachable` when nothing was sent; `upstream-timeout`, `upstream-broke` or
 * `answer-too-large` when the call may have been carried out
 */
export async function forward(
  dependencies: CountedSendDependencies,
  request: CallRequest,
  token: AccessToken,
  deadline: number,
  trace: CallTrace,
): Promise<UpstreamAnswer> {
  const { method, path, body } = request;
  const headers = upstreamHeaders(request.headers);
  const query = withAccessToken(stripCredentials(request.query), token.value);
  const failover = method === 'GET' ? 'after-sending-too' : 'never-after-sending';
  return sendCounted(dependencies, { method, path, query, headers, body }, failover, deadline, trace);
}

/**
 * Sends a finished request to WeChat, and counts it as often as it has gone up: to a second host too.
 * @param trace names the caller and the account; gets WeChat's word, and what {@link send} puts there
 * @throws {Refusal} as {@link send}
 */
export async function sendCounted(
  dependencies: CountedSendDependencies,
  request: UpstreamRequest,
  failover: Failover,
  deadline: number,
  trace: CallTrace,
): Promise<UpstreamAnswer> {
  const { usage } = dependencies;
  let lost = -1;
  const countLost = (): void => {
    for (; lost > 0; lost -= 1) countCall(usage, trace, request, undefined);
  };
  try {
    const answer = await send(dependencies, request, failover, deadline, trace, () => {
      lost += 1;
    });
    // What a first host never answered, the second was sent too: WeChat counts both.
    countLost();
    noteAnswer(trace, answer);
    countCall(usage, trace, request, answer);
    return answer;
  } catch (error) {
    countLost();
    const failure = error instanceof Refusal ? error.underlying : undefined;
    if (failure instanceof UpstreamFailure && failure.sent) countCall(usage, trace, request, undefined);
    throw error;
  }
}

/**
 * Sends a finished request to WeChat.
 * @param trace gets the time that WeChat took, and whether anything was sent
 * @param onSend told of every attempt that goes up
 * @throws {Refusal} `upstream-unreachable` when nothing was sent; `upstream-timeout`, `upstream-broke` or `answer-too-large` when the call may
 * have been carried out
 */
export async function send(
  { upstream, clock }: SendDependencies,
  request: UpstreamRequest,
  failover: Failover,
  deadline: number,
  trace: CallTrace,
  onSend?: () => void,
): Promise<UpstreamAnswer> {
  const onEachSend = (): void => {
    trace.sent = true;
    onSend?.();
  };
  const startedAt = clock.now();
  try {
    return await upstream.call(
      request,
      {
        firstByteTimeoutMs: firstByteTimeoutMs(request),
        deadline,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        onSend: onEachSend,
      },
      failover,
    );
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    trace.origin = error.origin;
    throw new Refusal(causeOf(error), error);
  } finally {
    trace.upstreamMs = (trace.upstreamMs ?? 0) + clock.now() - startedAt;
  }
}

function firstByteTimeoutMs({ headers }: UpstreamRequest): number {
  const isUpload = headers['content-type']?.toLowerCase().startsWith('multipart/') ?? false;
  return isUpload ? UPLOAD_FIRST_BYTE_TIMEOUT_MS : FIRST_BYTE_TIMEOUT_MS;
}

function causeOf({ sent, kind }: UpstreamFailure): RefusalCause {
  if (!sent) return 'upstream-unreachable';
  if (kind === 'answer-too-large') return 'answer-too-large';
  return TIMEOUTS.has(kind) ? 'upstream-timeout' : 'upstream-broke';
}

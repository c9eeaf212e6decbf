import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createAnswerCall } from '#shared/api-call/answer-call.ts';
import { type CallAnswer, problem, wechatError } from '#shared/api-call/answer-shape.ts';
import type { CallTrace } from '#shared/api-call/call-trace.ts';
import { CALL_BUDGET_MS } from '#shared/api-call/forward.ts';
import { isOwnEndpoint } from '#shared/api-call/path.ts';
import { stripPathPrefix } from '#shared/api-call/path-prefix.ts';
import { Refusal, type RefusalCause } from '#shared/api-call/refusal.ts';
import { parseCallEvent } from '#shared/api-call/request.ts';
import type { Log } from '#shared/lambda/log.ts';
import type { Metrics } from '#shared/lambda/metrics.ts';
import {
  createOwnEndpoints,
  type OwnEndpointDependencies,
  ownEndpointMethod,
} from '#shared/own-endpoint/own-endpoint.ts';

/** What the function needs; one set per environment. */
export interface CallWechatApiDependencies extends OwnEndpointDependencies {
  readonly pathPrefix: string;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** One invocation as its log line tells it. */
interface CallRecord extends CallTrace {
  readonly startedAt: number;
  requestId?: string;
  method?: string;
  path?: string;
  requestBytes?: number;
}

type RecordedContext = Context & { callRecord: CallRecord };

/** Lambda's own end of an invocation answers nothing; this much earlier ours does. */
const TIMEOUT_EARLY_MS = 1_500;

/** The refusals by which a call tells that WeChat or the way there failed. */
const UPSTREAM_FAILURES: ReadonlySet<RefusalCause> = new Set([
  'upstream-unreachable',
  'upstream-timeout',
  'upstream-broke',
]);

/**
 * The function that faces the internet: an HTTP API event in, an answer out, whatever happens. Every answer is shaped here: WeChat's own as
 * it came, ours in WeChat's manner on WeChat's paths and as a problem document under `/gateway/`. One log line per call.
 */
export function createHandler(dependencies: CallWechatApiDependencies) {
  const { clock, pathPrefix, log, metrics } = dependencies;
  const ownEndpoint = createOwnEndpoints(dependencies);
  const answerCall = createAnswerCall(dependencies);

  const answer = async (event: APIGatewayProxyEventV2, context: RecordedContext): Promise<CallAnswer> => {
    const { callRecord } = context;
    const request = parseCallEvent(event, pathPrefix);
    const { method, path, body, requestId } = request;
    Object.assign(callRecord, { method, path, requestId, requestBytes: body?.byteLength ?? 0 });
    const deadline = callRecord.startedAt + CALL_BUDGET_MS;
    return (isOwnEndpoint(path) ? ownEndpoint : answerCall)(request, deadline, callRecord);
  };

  const write = (record: CallRecord, answered: CallAnswer, error?: unknown): void => {
    const { startedAt, sent: _sent, ...fields } = record;
    const refusal = error instanceof Refusal ? error : undefined;
    const underlying = refusal === undefined ? error : refusal.underlying;
    log(underlying === undefined ? 'INFO' : 'ERROR', {
      event: 'call',
      ...fields,
      status: answered.statusCode,
      errcode: refusal?.errcode ?? record.errcode,
      cause: refusal?.cause,
      totalMs: clock.now() - startedAt,
      answerBytes: answered.body.length,
      error: underlying,
    });
    metrics({
      Calls: 1,
      ...(record.healed && { CallsHealed: 1 }),
      ...(refusal && { CallsRefused: 1 }),
      ...(refusal && UPSTREAM_FAILURES.has(refusal.cause) && { UpstreamFailures: 1 }),
    });
  };

  return middy(answer, { timeoutEarlyInMillis: TIMEOUT_EARLY_MS })
    .before((invocation) => {
      invocation.context.callRecord = { startedAt: clock.now() };
    })
    .after((invocation) => {
      if (invocation.response) write(invocation.context.callRecord, invocation.response);
    })
    .onError((invocation) => {
      const { callRecord } = invocation.context;
      const refusal = refusalOf(invocation.error, callRecord);
      const ownPath = pathUnderGateway(invocation.event, pathPrefix);
      invocation.response = ownPath === undefined ? wechatError(refusal) : problem(refusal, ownEndpointMethod(ownPath));
      write(callRecord, invocation.response, refusal);
    });
}

/** An error that nobody foresaw is told apart only by whether WeChat may have carried the call out. */
function refusalOf(error: unknown, { sent }: CallRecord): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal(sent === true ? 'failed-after-sending' : 'internal-error', error);
}

function pathUnderGateway(event: APIGatewayProxyEventV2, pathPrefix: string): string | undefined {
  const path = typeof event.rawPath === 'string' ? stripPathPrefix(event.rawPath, pathPrefix) : undefined;
  return path !== undefined && isOwnEndpoint(path) ? path : undefined;
}

import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createAnswerCall } from '#shared/api-call/answer-call.ts';
import { type CallAnswer, problem, wechatError } from '#shared/api-call/answer-shape.ts';
import { type Doors, doorOf } from '#shared/api-call/doors.ts';
import { CALL_BUDGET_MS } from '#shared/api-call/forward.ts';
import { isOwnEndpoint } from '#shared/api-call/path.ts';
import { stripPathPrefix } from '#shared/api-call/path-prefix.ts';
import { Refusal } from '#shared/api-call/refusal.ts';
import { type CallRecord, reportCall } from '#shared/api-call/report-call.ts';
import { parseCallEvent } from '#shared/api-call/request.ts';
import { withRetryAfter } from '#shared/api-call/retry-after.ts';
import type { Report } from '#shared/lambda/report.ts';
import {
  createOwnEndpoints,
  type OwnEndpointDependencies,
  ownEndpointMethod,
} from '#shared/own-endpoint/own-endpoint.ts';

/** What the function needs; one set per environment. */
export interface CallWechatApiDependencies extends OwnEndpointDependencies {
  readonly pathPrefix: string;
  readonly doors: Doors;
  readonly report: Report;
}

type RecordedContext = Context & { callRecord: CallRecord };

/** Lambda's own end of an invocation answers nothing; this much earlier ours does. */
const TIMEOUT_EARLY_MS = 1_500;

/**
 * The function that faces the internet: an HTTP API event in, an answer out, whatever happens. Every answer is shaped here: WeChat's own as
 * it came, ours in WeChat's manner on WeChat's paths and as a problem document under `/gateway/`. One log line per call.
 */
export function createHandler(dependencies: CallWechatApiDependencies) {
  const { clock, pathPrefix, doors, usage } = dependencies;
  const ownEndpoint = createOwnEndpoints(dependencies);
  const answerCall = createAnswerCall(dependencies);

  const answer = async (event: APIGatewayProxyEventV2, context: RecordedContext): Promise<CallAnswer> => {
    const { callRecord } = context;
    const request = parseCallEvent(event, pathPrefix, doors);
    const { method, path, body, requestId } = request;
    callRecord.method = method;
    callRecord.path = path;
    callRecord.requestId = requestId;
    callRecord.requestBytes = body?.byteLength ?? 0;
    const deadline = callRecord.startedAt + CALL_BUDGET_MS;
    const flushed = usage.flush();
    try {
      return await (isOwnEndpoint(path) ? ownEndpoint : answerCall)(request, deadline, callRecord);
    } finally {
      if (flushed !== undefined) await flushed;
    }
  };

  const countRefusal = ({ account, caller, path }: CallRecord, { cause }: Refusal): void => {
    if (account === undefined || caller === undefined || path === undefined) return;
    usage.refuse({ appId: account, callerId: caller, path, cause });
  };

  return middy(answer, { timeoutEarlyInMillis: TIMEOUT_EARLY_MS })
    .before((invocation) => {
      invocation.context.callRecord = { startedAt: clock.now() };
    })
    .after((invocation) => {
      if (!invocation.response) return;
      const { callRecord } = invocation.context;
      invocation.response = withRetryAfter(invocation.response, callRecord.errcode, clock.now());
      reportCall(dependencies, callRecord, invocation.response, undefined);
    })
    .onError((invocation) => {
      const { callRecord } = invocation.context;
      const refusal = refusalOf(invocation.error, callRecord);
      const ownPath = pathUnderGateway(invocation.event, pathPrefix);
      const refused = ownPath === undefined ? wechatError(refusal) : problem(refusal, ownEndpointMethod(ownPath));
      if (ownPath === undefined) countRefusal(callRecord, refusal);
      invocation.response = withRetryAfter(refused, refusal.errcode, clock.now());
      reportCall(dependencies, callRecord, invocation.response, refusal);
    });
}

/** An error that nobody foresaw is told apart only by whether WeChat may have carried the call out. */
function refusalOf(error: unknown, { sent }: CallRecord): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal(sent === true ? 'failed-after-sending' : 'internal-error', error);
}

function pathUnderGateway(event: APIGatewayProxyEventV2, pathPrefix: string): string | undefined {
  const path = typeof event.rawPath === 'string' ? stripPathPrefix(event.rawPath, pathPrefix) : undefined;
  const behindDoor = path === undefined ? undefined : doorOf(path).path;
  return behindDoor !== undefined && isOwnEndpoint(behindDoor) ? behindDoor : undefined;
}

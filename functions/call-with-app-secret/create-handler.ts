import middy from '@middy/core';
import { MalformedAppSecret } from '#shared/account/app-secret.ts';
import type { CallTrace } from '#shared/api-call/call-trace.ts';
import { Refusal } from '#shared/api-call/refusal.ts';
import type { AppSecretAnswer } from '#shared/app-secret-call/app-secret-answer.ts';
import { type AppSecretCall, parseAppSecretCall } from '#shared/app-secret-call/app-secret-call.ts';
import { type AppSecretCallDependencies, callWithAppSecret } from '#shared/app-secret-call/call-with-app-secret.ts';
import type { Log } from '#shared/lambda/log.ts';
import type { Metrics } from '#shared/lambda/metrics.ts';
import { APP_SECRET_FROZEN } from '#shared/wechat/issue-refusals.ts';

/** What the function needs; one set per environment. */
export interface CallWithAppSecretDependencies extends AppSecretCallDependencies {
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * The internal function that makes the calls which carry an app secret; only `call-wechat-api` invokes it. It answers whatever becomes of
 * the call, so that the proxy knows whether WeChat may have carried it out. One log line per call, with nothing in it of what was sent or answered.
 * @throws {MalformedAppSecretCall} for an event that is none of ours, before anything is read or sent
 */
export function createHandler(dependencies: CallWithAppSecretDependencies) {
  const answer = async (event: unknown): Promise<AppSecretAnswer> => {
    const call = parseAppSecretCall(event);
    const trace: CallTrace = {};
    const startedAt = dependencies.clock.now();
    try {
      const { status, headers, body, origin } = await callWithAppSecret(dependencies, call, trace);
      report(dependencies, { call, trace, startedAt, status });
      return { status, headers, body: Buffer.from(body).toString('base64'), origin };
    } catch (error) {
      const sent = trace.sent === true;
      // An error that nobody foresaw is told apart only by whether WeChat may have carried the call out.
      const foreseen = error instanceof Refusal;
      const refusal = foreseen ? error : new Refusal(sent ? 'failed-after-sending' : 'internal-error', error);
      report(dependencies, { call, trace, startedAt, refusal });
      return { refusal: refusal.cause, sent };
    }
  };
  return middy(answer);
}

interface Ended {
  readonly call: AppSecretCall;
  readonly trace: CallTrace;
  readonly startedAt: number;
  readonly status?: number;
  readonly refusal?: Refusal;
}

function report(
  { log, metrics, clock }: CallWithAppSecretDependencies,
  { call, trace, startedAt, status, refusal }: Ended,
): void {
  const { sent: _sent, ...fields } = trace;
  log(refusal === undefined ? 'INFO' : 'ERROR', {
    event: 'app-secret-call',
    account: call.appId,
    path: `/${call.call}`,
    ...fields,
    status,
    cause: refusal?.cause,
    totalMs: clock.now() - startedAt,
    error: refusal?.underlying,
  });
  if (isAppSecretUnusable(trace, refusal)) metrics({ AppSecretUnusable: 1 });
}

/** Whether an operator has to look after the secret; a store that did not answer says nothing of it. */
function isAppSecretUnusable({ errcode }: CallTrace, refusal: Refusal | undefined): boolean {
  if (refusal === undefined) return errcode === APP_SECRET_FROZEN;
  const { cause, underlying } = refusal;
  if (cause === 'no-app-secret') return underlying === undefined || underlying instanceof MalformedAppSecret;
  return cause === 'app-secret-refused';
}

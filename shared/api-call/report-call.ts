import type { Clock } from '../clock.ts';
import type { LogRecord } from '../lambda/log.ts';
import type { MetricName } from '../lambda/metric-names.ts';
import type { MetricValues } from '../lambda/metrics.ts';
import type { Report } from '../lambda/report.ts';
import { ADDRESS_REFUSED } from '../wechat/issue-refusals.ts';
import type { CallAnswer } from './answer-shape.ts';
import type { CallTrace } from './call-trace.ts';
import { type Fault, faultOf } from './fault.ts';
import type { Refusal } from './refusal.ts';

/** One invocation as its log line tells it. */
export interface CallRecord extends CallTrace {
  readonly startedAt: number;
  requestId?: string;
  method?: string;
  path?: string;
  requestBytes?: number;
}

/** Where calls are reported. */
export interface CallReporters {
  readonly report: Report;
  readonly clock: Pick<Clock, 'now'>;
}

const AN_OPERATOR_LOOKS: ReadonlySet<Fault | undefined> = new Set(['upstream', 'gateway']);

/** A field that a record comes to have is logged, or this does not compile. */
type LoggedCall = { readonly [Field in Exclude<keyof CallRecord, 'startedAt' | 'sent'>]: unknown } & LogRecord;

/** One log line and the metrics of one call. @param refusal our own no, when that is what the caller was answered */
export function reportCall(
  { report, clock }: CallReporters,
  record: CallRecord,
  answered: CallAnswer,
  refusal: Refusal | undefined,
): void {
  const fault = refusal && faultOf(refusal.cause);
  const totalMs = clock.now() - record.startedAt;
  const ownMs = totalMs - (record.upstreamMs ?? 0);
  const line = {
    event: 'call',
    requestId: record.requestId,
    account: record.account,
    caller: record.caller,
    keyId: record.keyId,
    method: record.method,
    path: record.path,
    status: answered.statusCode,
    errcode: refusal?.errcode ?? record.errcode,
    rid: record.rid,
    cause: refusal?.cause,
    fault,
    origin: record.origin,
    healed: record.healed,
    repeated: record.repeated,
    totalMs,
    ownMs,
    upstreamMs: record.upstreamMs,
    requestBytes: record.requestBytes,
    answerBytes: answered.body.length,
    egressAddress: record.egressAddress,
    error: refusal?.underlying,
  } satisfies LoggedCall;
  report(AN_OPERATOR_LOOKS.has(fault) ? 'ERROR' : 'INFO', line, callValues(record, ownMs, fault));
}

function callValues(
  { upstreamMs, healed, errcode }: CallRecord,
  ownMs: number,
  fault: Fault | undefined,
): MetricValues {
  const values: Partial<Record<MetricName, number>> = { Calls: 1, OwnLatency: ownMs };
  if (upstreamMs !== undefined) {
    values.UpstreamCalls = 1;
    values.UpstreamLatency = upstreamMs;
    if (fault === 'upstream') values.UpstreamFailures = 1;
  }
  if (healed === true) values.CallsHealed = 1;
  if (fault !== undefined) values.CallsRefused = 1;
  if (fault === 'caller') values.CallersRejected = 1;
  if (fault === 'gateway') values.GatewayFailures = 1;
  if (errcode === ADDRESS_REFUSED) values.EgressAddressRefused = 1;
  return values;
}

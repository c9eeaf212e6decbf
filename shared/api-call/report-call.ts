import type { Clock } from '../clock.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics, MetricValues } from '../lambda/metrics.ts';
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
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Pick<Clock, 'now'>;
}

const AN_OPERATOR_LOOKS: ReadonlySet<Fault | undefined> = new Set(['upstream', 'gateway']);

/** One log line and the metrics of one call. @param refusal our own no, when that is what the caller was answered */
export function reportCall(
  { log, metrics, clock }: CallReporters,
  record: CallRecord,
  answered: CallAnswer,
  refusal: Refusal | undefined,
): void {
  const { startedAt, sent: _sent, ...fields } = record;
  const fault = refusal && faultOf(refusal.cause);
  const totalMs = clock.now() - startedAt;
  const ownMs = totalMs - (record.upstreamMs ?? 0);
  log(AN_OPERATOR_LOOKS.has(fault) ? 'ERROR' : 'INFO', {
    event: 'call',
    ...fields,
    status: answered.statusCode,
    errcode: refusal?.errcode ?? record.errcode,
    cause: refusal?.cause,
    fault,
    totalMs,
    ownMs,
    answerBytes: answered.body.length,
    error: refusal?.underlying,
  });
  metrics({ Calls: 1, OwnLatency: ownMs, ...upstreamValues(record, fault), ...refusalValues(record, fault) });
}

function upstreamValues({ upstreamMs }: CallRecord, fault: Fault | undefined): MetricValues {
  if (upstreamMs === undefined) return {};
  return { UpstreamCalls: 1, UpstreamLatency: upstreamMs, ...(fault === 'upstream' && { UpstreamFailures: 1 }) };
}

function refusalValues({ healed, errcode }: CallRecord, fault: Fault | undefined): MetricValues {
  return {
    ...(healed && { CallsHealed: 1 }),
    ...(fault && { CallsRefused: 1 }),
    ...(fault === 'caller' && { CallersRejected: 1 }),
    ...(fault === 'gateway' && { GatewayFailures: 1 }),
    ...(errcode === ADDRESS_REFUSED && { EgressAddressRefused: 1 }),
  };
}

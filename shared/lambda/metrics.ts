import type { Clock } from '../clock.ts';
import { METRIC_NAMESPACE, METRIC_UNITS, type MetricName, STAGE_DIMENSION } from './metric-names.ts';

/** Measurements of one moment. */
export type MetricValues = Readonly<Partial<Record<MetricName, number>>>;

/** Writes measurements of one moment; none without a value. */
export type Metrics = (values: MetricValues) => void;

/** What measurements are written with. */
export interface MetricsDependencies {
  /** Takes one line, newline included. */
  readonly write: (line: string) => void;
  /** The stage's name: the dimension of every metric. */
  readonly stage: string;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Metrics as lines in CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export function createMetrics({ write, stage, clock }: MetricsDependencies): Metrics {
  return (values) => {
    const names = Object.keys(METRIC_UNITS).filter((name): name is MetricName => name in values);
    const definition = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [[STAGE_DIMENSION]],
      Metrics: names.map((name) => ({ Name: name, Unit: METRIC_UNITS[name] })),
    };
    const metadata = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
    write(`${JSON.stringify({ _aws: metadata, [STAGE_DIMENSION]: stage, ...values })}\n`);
  };
}

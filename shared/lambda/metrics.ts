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

/** Metrics as {@link createMetricLine} writes them out. */
export function createMetrics({ write, ...dependencies }: MetricsDependencies): Metrics {
  const metricLine = createMetricLine(dependencies);
  return (values) => write(metricLine(values));
}

/**
 * Writes measurements out as a line, newline included, in CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export function createMetricLine({
  stage,
  clock,
}: Omit<MetricsDependencies, 'write'>): (values: MetricValues) => string {
  // The same few sets of names are written for ever, and writing out what defines them is most of the work.
  const definitions = new Map<string, string>();
  const dimension = JSON.stringify({ [STAGE_DIMENSION]: stage }).slice(1, -1);

  function definitionOf(values: MetricValues): string {
    const names = Object.keys(values).filter((name): name is MetricName => name in METRIC_UNITS);
    const key = names.join();
    const definition = definitions.get(key) ?? JSON.stringify(definitionOfNames(names));
    definitions.set(key, definition);
    return definition;
  }

  return (values) => {
    const metadata = `"Timestamp":${clock.now()},"CloudWatchMetrics":[${definitionOf(values)}]`;
    const measured = JSON.stringify(values).slice(1, -1);
    return `{"_aws":{${metadata}},${dimension}${measured === '' ? '' : `,${measured}`}}\n`;
  };
}

function definitionOfNames(names: readonly MetricName[]): object {
  return {
    Namespace: METRIC_NAMESPACE,
    Dimensions: [[STAGE_DIMENSION]],
    Metrics: names.map((name) => ({ Name: name, Unit: METRIC_UNITS[name] })),
  };
}

import { type LogLevel, type LogRecord, logLine } from './log.ts';
import { createMetricLine, type MetricsDependencies, type MetricValues } from './metrics.ts';

/** Writes one log line and the measurements of the same moment, at least one, in a single write. */
export type Report = (level: LogLevel, record: LogRecord, values: MetricValues) => void;

/** The lines are those of `createLog` and `createMetrics`; `write` takes both at once, newlines included. */
export function createReport({ write, ...dependencies }: MetricsDependencies): Report {
  const metricLine = createMetricLine(dependencies);
  return (level, record, values) => write(logLine(level, record) + metricLine(values));
}

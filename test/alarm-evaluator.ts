import type { Alarm, GatewayMetric } from '#shared/alarm/alarm.ts';
import { ALARMS } from '#shared/alarm/alarm-catalogue.ts';
import { METRIC_NAMESPACE } from '#shared/lambda/metric-names.ts';

/** The alarms whose metrics we emit ourselves; the others can only be held against the template. */
export const OWN_ALARMS: readonly Alarm[] = ALARMS.filter(({ metric }) => metric.source === 'gateway');

/** One metric as a line in the embedded metric format has it. */
export interface EmittedValue {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly value: number;
}

interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

/** Every metric in what functions wrote, as CloudWatch would take it. */
export function emittedValues(lines: readonly string[]): readonly EmittedValue[] {
  return lines.filter((line) => line.startsWith('{"_aws"')).flatMap((line) => valuesIn(JSON.parse(line)));
}

function valuesIn({ _aws: metadata, ...line }: EmbeddedMetrics): readonly EmittedValue[] {
  const { Timestamp: at, CloudWatchMetrics: definitions } = metadata;
  return definitions.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name: name, Unit: unit }) => {
        const dimensions = Object.fromEntries(names.map((dimension) => [dimension, line[dimension]]));
        return { namespace, name, unit, dimensions, at, value: Number(line[name]) };
      }),
    ),
  );
}

/**
 * The ids of our own metrics' alarms that were in alarm at any time from `from` to `until`, judged as CloudWatch does: by whole periods of the clock,
 * M of the last N of them breaching. A period that `until` cuts off counts if it has data..
 */
export function firedAlarms(lines: readonly string[], from: number, until: number): readonly string[] {
  const emitted = emittedValues(lines).filter(({ namespace, at }) => namespace === METRIC_NAMESPACE && at >= from);
  return OWN_ALARMS.filter((alarm) => hasFired(alarm, emitted, from, until)).map(({ id }) => id);
}

function hasFired(alarm: Alarm, emitted: readonly EmittedValue[], from: number, until: number): boolean {
  const { metric, evaluationPeriods, datapointsToAlarm, periodSeconds } = alarm;
  if (metric.source !== 'gateway') return false;
  const periodMs = periodSeconds * 1_000;
  const [first, last] = [Math.floor(from / periodMs), Math.floor(until / periodMs)];
  const valuesOf = byPeriod(emitted, periodMs);
  const breaches = Array.from({ length: last - first + 1 }, (_, index) => {
    const measured = measure(alarm, metric, (name) => valuesOf(name, first + index));
    if (measured !== undefined) return isBreaching(alarm, measured);
    return alarm.missingData === 'breaching' && first + index < last;
  });

  return breaches.some((_, end) => {
    const seen = breaches.slice(Math.max(0, end + 1 - evaluationPeriods), end + 1);
    return seen.filter(Boolean).length >= datapointsToAlarm;
  });
}

function byPeriod(emitted: readonly EmittedValue[], periodMs: number) {
  const periods = Map.groupBy(emitted, ({ name, at }) => `${name} ${Math.floor(at / periodMs)}`);
  return (name: string, period: number): readonly number[] =>
    (periods.get(`${name} ${period}`) ?? []).map(({ value }) => value);
}

function measure(
  { statistic }: Alarm,
  { name, per }: GatewayMetric,
  valuesOf: (name: string) => readonly number[],
): number | undefined {
  const part = statisticOf(statistic, valuesOf(name));
  if (per === undefined) return part;
  const whole = statisticOf(statistic, valuesOf(per.name));
  if (whole === undefined) return undefined;
  return whole >= per.atLeast ? (100 * (part ?? 0)) / whole : 0;
}

function statisticOf(statistic: Alarm['statistic'], values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  switch (statistic) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'Maximum':
      return Math.max(...values);
    case 'Minimum':
      return Math.min(...values);
    case 'p90':
      return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.9) - 1];
  }
}

function isBreaching({ comparison, threshold }: Alarm, value: number): boolean {
  switch (comparison) {
    case 'over':
      return value > threshold;
    case 'at-least':
      return value >= threshold;
    case 'under':
      return value < threshold;
  }
}

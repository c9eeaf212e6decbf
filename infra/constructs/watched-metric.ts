import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Alarm, AwsMetric, GatewayMetric } from '#shared/alarm/alarm.ts';
import { METRIC_NAMESPACE, type MetricName, STAGE_DIMENSION } from '#shared/lambda/metric-names.ts';
import type { WatchedParts } from './watched-parts.ts';

/** How a metric is looked at: CloudWatch's statistic, over so many seconds. */
type Measure = Pick<Alarm, 'statistic' | 'periodSeconds'>;

/** A metric of ours, of this stage. */
export function gatewayMetric(stage: string, name: MetricName, statistic: string, periodSeconds: number): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { [STAGE_DIMENSION]: stage },
    statistic,
    period: Duration.seconds(periodSeconds),
  });
}

/** What an alarm looks at, in CloudWatch's terms; `undefined` when the stage has no such part. */
export function watchedMetric(parts: WatchedParts, alarm: Pick<Alarm, 'metric'> & Measure): IMetric | undefined {
  const { metric } = alarm;
  return metric.source === 'gateway' ? ofGateway(parts.stage, metric, alarm) : ofAws(parts, metric, alarm);
}

function ofGateway(stage: string, { name, per }: GatewayMetric, { statistic, periodSeconds }: Measure): IMetric {
  const part = gatewayMetric(stage, name, statistic, periodSeconds);
  if (per === undefined) return part;
  return new MathExpression({
    // What does not happen is not measured, and a few calls are no rate.
    expression: `IF(whole >= ${per.atLeast}, 100 * FILL(part, 0) / whole, 0)`,
    usingMetrics: { part, whole: gatewayMetric(stage, per.name, statistic, periodSeconds) },
    period: Duration.seconds(periodSeconds),
  });
}

function ofAws(parts: WatchedParts, metric: AwsMetric, { statistic, periodSeconds }: Measure): IMetric | undefined {
  const period = Duration.seconds(periodSeconds);
  const measured = dimensionsOf(parts, metric).map(
    (dimensionsMap) =>
      new Metric({ namespace: metric.namespace, metricName: metric.name, dimensionsMap, statistic, period }),
  );
  const [only, ...others] = measured;
  if (others.length === 0) return only;
  const usingMetrics = Object.fromEntries(measured.map((one, index) => [`m${index}`, one]));
  return new MathExpression({ expression: 'SUM(METRICS())', usingMetrics, period });
}

/** One set of dimensions for each part that the metric is measured of. */
function dimensionsOf(parts: WatchedParts, metric: AwsMetric): readonly Record<string, string>[] {
  switch (metric.namespace) {
    case 'AWS/Lambda': {
      const watched = parts.functions[metric.function];
      return watched === undefined ? [] : [{ FunctionName: watched.lambda.functionName }];
    }
    case 'AWS/SQS':
      return [{ QueueName: parts.schedules[metric.deadLettersOf].deadLetters.queueName }];
    case 'AWS/ApiGateway':
      return [{ ApiId: parts.door.api.apiId }];
    case 'AWS/NATGateway':
      return parts.natGatewayIds.map((NatGatewayId) => ({ NatGatewayId }));
  }
}

import * as v from 'valibot';
import { METRIC_NAMESPACE } from '#shared/lambda/metric-names.ts';
import { exampleTemplate } from './synthesise.ts';

/** One metric that an alarm or a widget looks at. */
export interface WatchedMetric {
  readonly namespace: string;
  readonly name: string;
  /** Values that only the deploy knows stand as `...`. */
  readonly dimensions: Readonly<Record<string, string>>;
}

const dimensions = v.optional(v.array(v.object({ Name: v.string(), Value: v.unknown() })), []);
const metric = v.object({ Namespace: v.string(), MetricName: v.string(), Dimensions: dimensions });
const alarm = v.object({
  Properties: v.union([
    metric,
    v.object({ Metrics: v.array(v.object({ MetricStat: v.optional(v.object({ Metric: metric })) })) }),
  ]),
});
const dashboard = v.object({
  Properties: v.object({ DashboardBody: v.object({ 'Fn::Join': v.tuple([v.literal(''), v.array(v.unknown())]) }) }),
});
const body = v.object({
  widgets: v.array(
    v.object({
      type: v.string(),
      x: v.number(),
      y: v.number(),
      width: v.number(),
      height: v.number(),
      properties: v.looseObject({ metrics: v.optional(v.array(v.array(v.unknown()))), query: v.optional(v.string()) }),
    }),
  ),
});

/** Every metric of the example stack's alarms, egress `nat`. */
export function metricsOfAlarms(): readonly WatchedMetric[] {
  return Object.values(exampleTemplate({ egress: 'nat' }).findResources('AWS::CloudWatch::Alarm')).flatMap((found) => {
    const { Properties: properties } = v.parse(alarm, found);
    if ('MetricName' in properties) return [watched(properties)];
    return properties.Metrics.flatMap(({ MetricStat }) =>
      MetricStat === undefined ? [] : [watched(MetricStat.Metric)],
    );
  });
}

/** The widgets of the example stack's dashboard. */
export function dashboardWidgets() {
  const [found] = Object.values(exampleTemplate({ egress: 'nat' }).findResources('AWS::CloudWatch::Dashboard'));
  const [, parts] = v.parse(dashboard, found).Properties.DashboardBody['Fn::Join'];
  return v.parse(body, JSON.parse(parts.map((part) => (typeof part === 'string' ? part : '...')).join(''))).widgets;
}

/** Every metric of those widgets. Ours are in the template's language `[namespace, name, dimension, value, ..., options]`. */
export function metricsOfDashboard(): readonly WatchedMetric[] {
  return dashboardWidgets().flatMap(({ properties }) =>
    (properties.metrics ?? []).map((row) => {
      const [namespace, name, ...others] = row.filter((part) => typeof part === 'string');
      const pairs = others.flatMap((part, index) => (index % 2 === 0 ? [[part, others[index + 1] ?? '']] : []));
      return { namespace: namespace ?? '', name: name ?? '', dimensions: Object.fromEntries(pairs) };
    }),
  );
}

/** Whether it is one of our own. */
export const isOurs = ({ namespace }: WatchedMetric): boolean => namespace === METRIC_NAMESPACE;

function watched({ Namespace, MetricName, Dimensions }: v.InferOutput<typeof metric>): WatchedMetric {
  const pairs = Dimensions.map(({ Name, Value }) => [Name, typeof Value === 'string' ? Value : '...']);
  return { namespace: Namespace, name: MetricName, dimensions: Object.fromEntries(pairs) };
}

const NAMESPACE = 'WechatGateway';

/** Every metric of ours with its unit, in CloudWatch's words. */
const UNITS = {
  /** Now minus the due time of the account that has been due longest. */
  RefreshOverdue: 'Milliseconds',
  /** Per account: until its token's end, at each commit. */
  TokenLife: 'Milliseconds',
  RefreshCommitted: 'Count',
  RefreshFailed: 'Count',
  /** WeChat refused our address (40164). */
  EgressAddressRefused: 'Count',
  Calls: 'Count',
  CallsHealed: 'Count',
  CallsRefused: 'Count',
  UpstreamFailures: 'Count',
  /** IP lists that WeChat gave in a sync, whatever came of them: the sync's heartbeat. */
  ServerIpsChecked: 'Count',
  ServerIpsChanged: 'Count',
  /** Lists that wait because more than half of the addresses are gone, at each sync. */
  ServerIpsPending: 'Count',
  ServerIpsRefused: 'Count',
  ServerIpsNotFetched: 'Count',
  /** Announcements of a new version that failed. */
  ServerIpsUntold: 'Count',
  FirewallsFailed: 'Count',
} as const;

/** A metric's name. */
export type MetricName = keyof typeof UNITS;

/** Writes measurements of one moment; `account` makes a dimension of it. */
export type Metrics = (
  values: Readonly<Partial<Record<MetricName, number>>>,
  dimensions?: { readonly account: string },
) => void;

/**
 * Metrics as lines in CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 * @param write takes one line, newline included
 */
export function createMetrics(write: (line: string) => void): Metrics {
  return (values, dimensions) => {
    const names = Object.keys(UNITS).filter((name): name is MetricName => name in values);
    const definition = {
      Namespace: NAMESPACE,
      Dimensions: [dimensions === undefined ? [] : ['account']],
      Metrics: names.map((name) => ({ Name: name, Unit: UNITS[name] })),
    };
    write(
      `${JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics: [definition] }, ...dimensions, ...values })}\n`,
    );
  };
}

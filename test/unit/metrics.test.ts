import { describe, expect, it } from 'vitest';
import { createMetrics, type MetricValues } from '#shared/lambda/metrics.ts';

const NOW = 1_750_000_000_000;

function written(values: MetricValues): Record<string, unknown> {
  const lines: string[] = [];
  createMetrics({ write: (line) => void lines.push(line), stage: 'prod', clock: { now: () => NOW } })(values);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

/** The embedded metric format's own rules: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
describe('a metric line', () => {
  it('says in CloudWatch’s embedded format what was measured when, in which stage and unit', () => {
    const { _aws, ...values } = written({ Calls: 1, OwnLatency: 2 });
    expect(values).toEqual({ stage: 'prod', Calls: 1, OwnLatency: 2 });
    expect(_aws).toEqual({
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: 'WechatGateway',
          Dimensions: [['stage']],
          Metrics: [
            { Name: 'Calls', Unit: 'Count' },
            { Name: 'OwnLatency', Unit: 'Milliseconds' },
          ],
        },
      ],
    });
  });

  it('defines the measurements that it has, whatever the lines before it had', () => {
    const lines: string[] = [];
    const metrics = createMetrics({ write: (line) => void lines.push(line), stage: 'prod', clock: { now: () => NOW } });
    for (const values of [{ Calls: 1 }, { OwnLatency: 2 }, { Calls: 3 }, {}]) metrics(values);
    const defined = lines.map((line) => {
      const { _aws } = JSON.parse(line) as { _aws: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] } };
      return _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
    });
    expect(defined).toEqual([['Calls'], ['OwnLatency'], ['Calls'], []]);
  });

  it('measures zero too', () => {
    expect(written({ RefreshOverdue: 0 })).toMatchObject({ RefreshOverdue: 0 });
  });
});

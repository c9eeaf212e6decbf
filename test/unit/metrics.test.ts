import { describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from '#shared/lambda/metrics.ts';

function written(...measurement: Parameters<Metrics>): Record<string, unknown> {
  const lines: string[] = [];
  createMetrics((line) => void lines.push(line))(...measurement);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

/** The embedded metric format's own rules: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
describe('a metric line', () => {
  it('says in CloudWatch’s embedded format what was measured, in which unit', () => {
    const before = Date.now();
    const { _aws, ...values } = written({ Calls: 1, CallsRefused: 2 });
    expect(values).toEqual({ Calls: 1, CallsRefused: 2 });
    expect(_aws).toEqual({
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'WechatGateway',
          Dimensions: [[]],
          Metrics: [
            { Name: 'Calls', Unit: 'Count' },
            { Name: 'CallsRefused', Unit: 'Count' },
          ],
        },
      ],
    });
    // Of the same shape as the line above.
    expect((_aws as { Timestamp: number }).Timestamp).toBeGreaterThanOrEqual(before);
  });

  it('has the account as a dimension where one is given', () => {
    const { _aws, ...values } = written({ TokenLife: 7_200_000 }, { account: 'wx1' });
    expect(values).toEqual({ account: 'wx1', TokenLife: 7_200_000 });
    expect(_aws).toMatchObject({
      CloudWatchMetrics: [{ Dimensions: [['account']], Metrics: [{ Name: 'TokenLife', Unit: 'Milliseconds' }] }],
    });
  });

  it('measures zero too', () => {
    expect(written({ RefreshOverdue: 0 })).toMatchObject({ RefreshOverdue: 0 });
  });
});

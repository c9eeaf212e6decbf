import { describe, expect, it } from 'vitest';
import { dashboardWidgets, isOurs, metricsOfAlarms, metricsOfDashboard } from './watched-metrics.ts';

describe('the dashboard', () => {
  it('answers three questions, each with a row of widgets under it', () => {
    const widgets = dashboardWidgets();
    const rows = Map.groupBy(widgets, ({ y }) => y);
    expect([...rows.values()].map((row) => row.map(({ type }) => type))).toEqual([
      ['alarm'],
      ['text'],
      ['metric', 'metric', 'log'],
      ['text'],
      ['metric', 'metric', 'metric'],
      ['text'],
      ['metric', 'metric', 'log'],
    ]);
    const questions = widgets.flatMap(({ properties }) => properties['markdown'] ?? []);
    expect(questions).toEqual(['## Is every account alive?', '## What is failing?', '## Who is calling?']);
  });

  it('fits on one screen', () => {
    const widgets = dashboardWidgets();
    // CloudWatch's grid is 24 columns wide; a full-screen browser at 1080 pixels shows some 20 rows.
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
    expect(Math.max(...widgets.map(({ y, height }) => y + height))).toBeLessThanOrEqual(20);
  });

  it('asks the logs of the functions by fields that they have', () => {
    const queries = dashboardWidgets().flatMap(({ properties }) => properties.query ?? []);
    expect(queries).toHaveLength(2);
    expect(queries[0]).toMatch(/event = "refresh"\n\| stats latest\(outcome\).* by account/);
    expect(queries[1]).toMatch(/event = "call"\n\| stats count.* by caller, account/);
  });
});

it('alarms and dashboard look at AWS’s metrics by the dimensions that AWS gives them', () => {
  const named = [...metricsOfAlarms(), ...metricsOfDashboard()]
    .filter((metric) => !isOurs(metric))
    .map(({ namespace, name, dimensions }) => `${namespace} ${name} ${Object.keys(dimensions).join()}`);
  // Each as the service's own page of metrics names them.
  expect([...new Set(named)].toSorted()).toEqual([
    'AWS/ApiGateway 5xx ApiId',
    'AWS/Lambda Duration FunctionName',
    'AWS/Lambda Errors FunctionName',
    'AWS/Lambda Throttles FunctionName',
    'AWS/NATGateway ErrorPortAllocation NatGatewayId',
    'AWS/SQS ApproximateNumberOfMessagesVisible QueueName',
  ]);
});

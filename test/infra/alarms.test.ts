import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Alarm } from '#shared/alarm/alarm.ts';
import { ALARMS, alarmName } from '#shared/alarm/alarm-catalogue.ts';
import { exampleTemplate } from './synthesise.ts';

const alarmProperties = v.looseObject({
  AlarmName: v.string(),
  AlarmDescription: v.string(),
  AlarmActions: v.optional(v.array(v.unknown())),
});

const timed = v.object({ Properties: v.object({ Timeout: v.number() }) });

const ALARM_TOPIC_ARN = 'arn:aws:sns:ap-southeast-1:123456789012:wechat-gateway-alarms';
const withNat = { egress: 'nat' };
/** With every part that an alarm can look at. */
const WHOLE = { egress: 'nat', alarmTopicArn: ALARM_TOPIC_ARN };

/** The template's alarms by their ids of the catalogue. */
function alarmsIn(differences: object) {
  const found = Object.values(exampleTemplate(differences).findResources('AWS::CloudWatch::Alarm')).map((resource) =>
    v.parse(alarmProperties, v.parse(v.object({ Properties: v.unknown() }), resource).Properties),
  );
  return new Map(found.map((properties) => [properties.AlarmName.replace('wechat-gateway-test-', ''), properties]));
}

const idsIn = (differences: object) => [...alarmsIn(differences).keys()];
const ref = (start: string) => ({ Ref: expect.stringMatching(new RegExp(`^${start}`)) });
const nameOf = (start: string) => ({ 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${start}`)), 'QueueName'] });
const dimension = (Name: string, Value: unknown) => ({ Dimensions: [{ Name, Value }] });
const awsAlarms = ALARMS.filter(({ metric }) => metric.source === 'aws');

/** The construct of each part, as logical ids begin. */
const FUNCTIONS = {
  'refresh-access-token': 'RefreshAccessTokenFunction',
  'call-with-app-secret': 'CallWithAppSecretFunction',
  'call-wechat-api': 'CallWechatApiFunction',
  'sync-server-ips': 'SyncServerIpsFunction',
  'sync-quotas': 'SyncQuotasFunction',
  'send-alarm-notice': 'SendAlarmNoticeFunction',
} as const;
const QUEUES = {
  'refresh-access-token': 'RefreshEveryMinuteDeadLetters',
  'sync-server-ips': 'SyncServerIpsEveryMorningDeadLetters',
  'sync-quotas': 'SyncQuotasEveryMorningDeadLetters',
} as const;

/** The one part of the stack that an alarm of AWS's metrics has to look at. */
function expectedDimension({ metric }: Alarm) {
  if (metric.source === 'gateway') throw new Error('this alarm is checked by what sets it off');
  switch (metric.namespace) {
    case 'AWS/Lambda':
      return dimension('FunctionName', ref(FUNCTIONS[metric.function]));
    case 'AWS/SQS':
      return dimension('QueueName', nameOf(QUEUES[metric.deadLettersOf]));
    case 'AWS/ApiGateway':
      return dimension('ApiId', ref('DoorApi'));
    case 'AWS/NATGateway':
      return dimension('NatGatewayId', ref('EgressVpcPublicSubnet1NATGateway'));
  }
}

const description = (differences: object) => alarmsIn(differences).get('api-5xx')?.AlarmDescription;

describe('the alarms of a stage', () => {
  it('are those of the catalogue whose part it has', () => {
    const all = ALARMS.map(({ id }) => id);
    const withoutNotices = all.filter((id) => !id.startsWith('send-alarm-notice-'));
    expect(idsIn(WHOLE)).toEqual(all);
    expect(idsIn(withNat)).toEqual(withoutNotices);
    expect(idsIn({ egress: 'none' })).toEqual(withoutNotices.filter((id) => id !== 'nat-ports-exhausted'));
  });

  it.each(awsAlarms.map((alarm) => [alarm.id, alarm] as const))('look at the right part: %s', (id, alarm) => {
    const { metric, threshold } = alarm;
    if (metric.source === 'gateway') return;
    expect(alarmsIn(WHOLE).get(id)).toMatchObject({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Threshold: threshold,
      ...expectedDimension(alarm),
    });
  });

  it('watch each function’s duration close below its timeout', () => {
    const functions = exampleTemplate(WHOLE).findResources('AWS::Lambda::Function');
    const timeoutOf = (start: string) => Object.entries(functions).find(([id]) => id.startsWith(start))?.[1];
    const shares = ALARMS.flatMap(({ metric, threshold }) => {
      if (metric.source !== 'aws' || metric.name !== 'Duration') return [];
      const found = timeoutOf(FUNCTIONS[metric.function]);
      return [threshold / 1_000 / v.parse(timed, found).Properties.Timeout];
    });
    expect(shares).toHaveLength(Object.keys(functions).length);
    expect(shares.filter((share) => share < 0.9 || share >= 1)).toEqual([]);
  });

  it('count the lost ports of all NAT gateways together', () => {
    const metrics = alarmsIn({ egress: { kind: 'nat', zones: 2 } }).get('nat-ports-exhausted')?.['Metrics'];
    expect(metrics).toHaveLength(3);
    expect(metrics).toContainEqual(expect.objectContaining({ Expression: 'SUM(METRICS())', ReturnData: true }));
  });

  it('say how bad it is, what has happened and where it stands what to do', () => {
    const text =
      'critical: API Gateway answers callers with 500 or 503: the function fails before it can answer. What to do: ';
    expect(description({})).toBe(`${text}docs/runbook.md#api-5xx`);
    const runbookUrl = 'https://example.com/runbook.html';
    expect(description({ runbookUrl })).toBe(`${text}https://example.com/runbook.html#api-5xx`);
  });

  it('are named after their stage, so that several fit in one AWS account', () => {
    expect(alarmsIn({}).size).toBeGreaterThan(30);
    expect(alarmName('prod', { id: 'api-5xx' })).toBe('wechat-gateway-prod-api-5xx');
  });

  it('tell nobody when the stage names nobody', () => {
    expect([...alarmsIn({}).values()].filter(({ AlarmActions }) => AlarmActions !== undefined)).toEqual([]);
  });

  it('go straight to the topic where no notice is written: those of the notices themselves', () => {
    const told = [...alarmsIn({ alarmTopicArn: ALARM_TOPIC_ARN })].filter(([, { AlarmActions }]) => AlarmActions);
    expect(told.map(([, { AlarmActions }]) => AlarmActions)).toEqual(told.map(() => [ALARM_TOPIC_ARN]));
    const direct = told.map(([id]) => id);
    expect(direct).toEqual(['errors', 'throttles', 'duration'].map((what) => `send-alarm-notice-${what}`));
  });
});

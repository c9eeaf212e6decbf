import { describe, expect, it } from 'vitest';
import { ALARMS, alarmName } from '#shared/alarm/alarm-catalogue.ts';
import { propertiesOf } from './resources.ts';
import { exampleTemplate } from './synthesise.ts';

const PREFIX = 'wechat-gateway-test-';
const TOPIC = 'arn:aws:sns:ap-southeast-1:123456789012:wechat-gateway-alarms';
const NOTICES = { egress: 'nat', alarmTopicArn: TOPIC };
const ref = (start: string) => ({ Ref: expect.stringMatching(new RegExp(`^${start}`)) });
const arnOf = (start: string) => ({ 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${start}`)), 'Arn'] });
const FUNCTION = 'SendAlarmNoticeFunction';

describe('the function that writes notices', () => {
  it('hears of every change of an alarm of its stage, and of nothing else', () => {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    expect(propertiesOf('AWS::Events::Rule', NOTICES)).toMatchObject([
      {
        State: 'ENABLED',
        EventPattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          detail: { alarmName: [{ prefix: PREFIX }] },
        },
        Targets: [{ Arn: arnOf(FUNCTION), RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3_600 } }],
      },
    ]);
    expect(ALARMS.filter((alarm) => !alarmName('test', alarm).startsWith(PREFIX))).toEqual([]);
    expect(propertiesOf('AWS::Lambda::Permission', NOTICES)).toContainEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: arnOf(FUNCTION),
      Principal: 'events.amazonaws.com',
      SourceArn: arnOf('SendAlarmNoticeAlarmStateChanges'),
    });
  });

  it('is tried three times, and then the change goes to the topic as it is', () => {
    expect(propertiesOf('AWS::Lambda::EventInvokeConfig', NOTICES)).toContainEqual({
      FunctionName: ref(FUNCTION),
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3_600,
      DestinationConfig: { OnFailure: { Destination: TOPIC } },
    });
  });

  it('is outside the VPC, so that it works when the way to WeChat does not', () => {
    const inVpc = Object.entries(exampleTemplate(NOTICES).findResources('AWS::Lambda::Function'))
      .filter(([, found]) => JSON.stringify(found).includes('"VpcConfig"'))
      .map(([id]) => id);
    expect(inVpc.length).toBeGreaterThan(4);
    expect(inVpc.filter((id) => id.startsWith(FUNCTION))).toEqual([]);
  });

  it('is told the log group of every source that an alarm’s cause stands in, except its own', () => {
    const functions = propertiesOf('AWS::Lambda::Function', NOTICES).map((properties) => JSON.stringify(properties));
    const told = functions.find((text) => text.includes('LOG_GROUPS')) ?? '';
    const sources = new Set(ALARMS.flatMap(({ logs }) => logs?.sources ?? []));
    sources.delete('send-alarm-notice');
    expect(sources.size).toBeGreaterThan(4);
    expect([...sources].filter((source) => !told.includes(`${source}=`))).toEqual([]);
  });

  it('is not there where nobody is to be written to', () => {
    expect(propertiesOf('AWS::Events::Rule', { egress: 'nat' })).toEqual([]);
  });
});

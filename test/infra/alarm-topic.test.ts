import { Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { exampleTemplate } from './synthesise.ts';

const ALARM_TOPIC_ARN = 'arn:aws:sns:ap-southeast-1:123456789012:wechat-gateway-alarms';

it('the sync may publish to the topic that the stage names, and is told which it is', () => {
  const template = exampleTemplate({ alarmTopicArn: ALARM_TOPIC_ARN });
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^SyncServerIpsRole') }],
    PolicyDocument: {
      Statement: Match.arrayWith([{ Effect: 'Allow', Action: 'sns:Publish', Resource: ALARM_TOPIC_ARN }]),
    },
  });
  const told = template.findResources('AWS::Lambda::Function', {
    Properties: { Environment: { Variables: { TOPIC_ARN: ALARM_TOPIC_ARN } } },
  });
  expect(Object.keys(told)).toEqual([expect.stringMatching(/^SyncServerIps/)]);
});

it('no role may publish anything when the stage names no topic', () => {
  expect(JSON.stringify(exampleTemplate().findResources('AWS::IAM::Policy'))).not.toContain('sns:');
});

it('a topic that is none is a fault of the environment file', () => {
  expect(() => exampleTemplate({ alarmTopicArn: 'wechat-gateway-alarms' })).toThrow(
    /alarmTopicArn: must be the ARN of a standard SNS topic/,
  );
});

import { describe, expect, it } from 'vitest';
import { propertiesOf } from './resources.ts';
import { exampleTemplate } from './synthesise.ts';

const ALARM_TOPIC_ARN = 'arn:aws:sns:ap-southeast-1:123456789012:wechat-gateway-alarms';
const MADE = { alarmEmail: 'on-call@example.com' };

const functionsTold = (differences: object, topicArn: unknown): readonly string[] =>
  Object.keys(
    exampleTemplate(differences).findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { TOPIC_ARN: topicArn } } },
    }),
  );

describe('a topic that exists already', () => {
  it('is told to the sync and put out; the stack makes none', () => {
    const differences = { alarmTopicArn: ALARM_TOPIC_ARN };
    expect(functionsTold(differences, ALARM_TOPIC_ARN)).toContainEqual(expect.stringMatching(/^SyncServerIps/));
    expect(exampleTemplate(differences).findOutputs('AlarmTopicArn')).toMatchObject({
      AlarmTopicArn: { Value: ALARM_TOPIC_ARN },
    });
    expect(propertiesOf('AWS::SNS::Topic', differences)).toEqual([]);
  });
});

describe('an e-mail address', () => {
  it('gets a topic that is encrypted by a key which CloudWatch may use too, in transit as well', () => {
    expect(propertiesOf('AWS::SNS::Subscription', MADE)).toMatchObject([
      { Protocol: 'email', Endpoint: 'on-call@example.com' },
    ]);
    const [topic] = propertiesOf('AWS::SNS::Topic', MADE);
    expect(topic).toMatchObject({ KmsMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^NoticesKey/), 'Arn'] } });
    const keys = JSON.stringify(propertiesOf('AWS::KMS::Key', MADE));
    expect(keys).toContain('"Service":"cloudwatch.amazonaws.com"');
    const policy = JSON.stringify(propertiesOf('AWS::SNS::TopicPolicy', MADE));
    expect(policy).toContain('"Service":"cloudwatch.amazonaws.com"');
    expect(policy).toContain('"aws:SecureTransport":"false"');
  });

  it('lets alarms of this AWS account only publish, none of others', () => {
    const statements = JSON.stringify([
      propertiesOf('AWS::SNS::TopicPolicy', MADE),
      propertiesOf('AWS::KMS::Key', MADE),
    ]);
    expect(statements.match(/"aws:SourceAccount":\{"Ref":"AWS::AccountId"\}/g)).toHaveLength(2);
  });

  it('is told to the sync as the topic that was made', () => {
    const topic = { Ref: 'NoticesTopic898AF2CD' };
    expect(functionsTold(MADE, topic)).toContainEqual(expect.stringMatching(/^SyncServerIps/));
  });
});

it('without either no role may publish anything', () => {
  expect(JSON.stringify(exampleTemplate().findResources('AWS::IAM::Policy'))).not.toContain('sns:');
});

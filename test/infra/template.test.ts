import { describe, expect, it } from 'vitest';
import { STAGE_SHAPES, textsOfAllShapes } from './stage-shapes.ts';
import { exampleApp, exampleStack, exampleTemplate } from './synthesise.ts';

const outputs = (differences: object) => Object.keys(exampleTemplate(differences).findOutputs('*')).toSorted();
const partitionOf = (stage: string) => (stage.startsWith('cn-') ? 'aws-cn' : 'aws');

describe('the template', () => {
  it('holds no secret: no secret resource, no generated or dynamic value, no parameter to pass one in', () => {
    const template = exampleTemplate({ egress: 'nat' });
    expect(template.findResources('AWS::SecretsManager::Secret')).toEqual({});
    expect(JSON.stringify(template.toJSON())).not.toMatch(/\{\{resolve:|SecretString|GenerateSecret|app_?secret"/i);
    expect(Object.keys(template.findParameters('*'))).toEqual(['BootstrapVersion']);
  });

  it('puts out all that operators and their command line need', () => {
    const always = [
      'AccessLogGroup',
      'ApiEndpoint',
      'ApiUrl',
      'CallWechatApiLogGroup',
      'CallWechatApiName',
      'CallWithAppSecretLogGroup',
      'CallWithAppSecretName',
      'OperatorPolicyArn',
      'QuotasDeadLettersUrl',
      'QuotasScheduleName',
      'RefreshAccessTokenLogGroup',
      'RefreshAccessTokenName',
      'RefreshDeadLettersUrl',
      'RefreshScheduleName',
      'SyncDeadLettersUrl',
      'SyncQuotasLogGroup',
      'SyncQuotasName',
      'SyncScheduleName',
      'SyncServerIpsLogGroup',
      'SyncServerIpsName',
      'TableName',
    ];
    expect(outputs({ egress: 'none' })).toEqual(always);
    expect(outputs({ egress: 'nat', auth: 'both', alarmEmail: 'on-call@example.com' })).toEqual(
      [
        ...always,
        'AlarmTopicArn',
        'EgressAddresses',
        'IamApiUrl',
        'IamInvokeArn',
        'SendAlarmNoticeLogGroup',
        'SendAlarmNoticeName',
      ].toSorted(),
    );
  });

  it('puts out the base URL with the path prefix', () => {
    const endpoint = { 'Fn::GetAtt': [expect.stringMatching(/^DoorApi/), 'ApiEndpoint'] };
    expect(exampleTemplate({ pathPrefix: '/wechat' }).findOutputs('ApiUrl')).toMatchObject({
      ApiUrl: { Value: { 'Fn::Join': ['', [endpoint, '/wechat']] } },
    });
  });

  it('names no AWS account, so that synth needs no credentials', () => {
    const stack = exampleStack(exampleApp(), { egress: 'nat' });
    expect(stack.environment).toBe('aws://unknown-account/ap-southeast-1');
  });

  it('puts out the base URL for signed requests where no other is served', () => {
    expect(JSON.stringify(exampleTemplate({ auth: 'iam' }).findOutputs('ApiUrl'))).toMatch(/"\/iam"\]/);
  });
});

describe('the templates of all shapes of a stage', () => {
  const texts = textsOfAllShapes();

  it('are in ap-southeast-1, ap-east-1 and cn-north-1', () => {
    const regions = Object.values(STAGE_SHAPES).map((shape) => ('region' in shape ? shape.region : 'ap-southeast-1'));
    expect([...new Set(regions)].toSorted()).toEqual(['ap-east-1', 'ap-southeast-1', 'cn-north-1']);
    expect(texts.size).toBe(regions.length);
  });

  it('have only ARNs of the partition of their region', () => {
    for (const [stage, text] of texts) {
      const partitions = [...text.matchAll(/arn:([^:"]*):/g)].map((match) => match[1]);
      expect([stage, ...new Set(partitions)]).toEqual([stage, partitionOf(stage)]);
    }
  });

  it('spell amazonaws.com only in service principals, which are the same in every partition', () => {
    for (const [stage, text] of texts) {
      const spelt = [...text.matchAll(/"([^"]*)":"([^"]*\.amazonaws\.com[^"]*)"/g)].map(
        ([, name, value]) => `${name} ${value}`,
      );
      expect([stage, spelt.length]).toEqual([stage, text.split('amazonaws.com').length - 1]);
      for (const place of spelt) expect(place).toMatch(/^(Principal|Service) [a-z]+\.amazonaws\.com$/);
    }
  });

  it('hold no AWS account of anybody and no zone of any region, so that nothing was looked up', () => {
    for (const [stage, text] of texts) {
      // The example's own account stands in what its environment names.
      const given = JSON.stringify(STAGE_SHAPES[stage as keyof typeof STAGE_SHAPES]);
      const accounts = [...text.matchAll(/arn:[^"]*?:(\d{12}):[^"]*/g)].map(([arn]) => arn);
      expect(accounts.filter((arn) => !given.includes(arn))).toEqual([]);
      expect(text).not.toMatch(/"(ap-southeast-1|ap-east-1|cn-north-1)[a-c]"/);
    }
  });
});

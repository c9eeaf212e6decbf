import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { exampleTemplate } from './synthesise.ts';

const resource = v.object({
  Properties: v.record(v.string(), v.unknown()),
  DeletionPolicy: v.optional(v.string()),
  UpdateReplacePolicy: v.optional(v.string()),
});

const resourcesOf = (type: string, differences: object = {}) =>
  Object.values(exampleTemplate(differences).findResources(type)).map((found) => v.parse(resource, found));

const propertiesOf = (type: string, differences: object = {}) =>
  resourcesOf(type, differences).map((found) => found.Properties);

const retained = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
const arnOf = (start: RegExp) => ({ 'Fn::GetAtt': [expect.stringMatching(start), 'Arn'] });

describe('state', () => {
  it('outlives the stack, refuses deletion and can be restored to any point in time', () => {
    expect(resourcesOf('AWS::DynamoDB::Table')).toMatchObject([
      {
        ...retained,
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          TimeToLiveSpecification: { AttributeName: 'removeAfter', Enabled: true },
        },
      },
    ]);
  });

  it('is encrypted with a key of ours that rotates and outlives the stack too', () => {
    expect(resourcesOf('AWS::KMS::Key')).toMatchObject([{ ...retained, Properties: { EnableKeyRotation: true } }]);
    expect(propertiesOf('AWS::DynamoDB::Table')).toMatchObject([
      { SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: arnOf(/^StateKey/) } },
    ]);
  });

  it('has one index, of keys only: no token is copied into it', () => {
    expect(propertiesOf('AWS::DynamoDB::Table')).toMatchObject([
      {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'due',
            KeySchema: [
              { AttributeName: 'dueGroup', KeyType: 'HASH' },
              { AttributeName: 'nextDueAt', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      },
    ]);
  });

  it('keeps its logical ids: a new one would be a new, empty table', () => {
    const template = exampleTemplate({ egress: 'nat' });
    const types = ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::EC2::EIP'];
    const ids = types.flatMap((type) => Object.keys(template.findResources(type)));
    expect(ids).toEqual(['StateTable962DE04C', 'StateKeyCC9D02A8', 'EgressElasticIp8344C513']);
  });
});

describe('the functions', () => {
  it.each(['none', 'nat'])('all run Node 24 on arm64 and log JSON, egress %s', (egress) => {
    const expected = {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
    };
    expect(propertiesOf('AWS::Lambda::Function', { egress })).toMatchObject([expected, expected, expected, expected]);
  });

  it('keep their logs, and those of the door, as long as the environment file says', () => {
    const expected = { RetentionInDays: 7 };
    expect(propertiesOf('AWS::Logs::LogGroup', { logRetentionDays: 7 })).toEqual([
      expected,
      expected,
      expected,
      expected,
      expected,
    ]);
  });

  it('get their time, memory and variables', () => {
    const differences = { pathPrefix: '/wechat', upstreamHosts: ['api.weixin.qq.com', 'sh.api.weixin.qq.com'] };
    const upstream = { UPSTREAM_ORIGINS: 'https://api.weixin.qq.com,https://sh.api.weixin.qq.com' };
    const common = { TABLE_NAME: { Ref: 'StateTable962DE04C' }, ...upstream };
    const appSecretFunction = { Ref: expect.stringMatching(/^CallWithAppSecretFunction/) };
    const refreshFunction = { Ref: expect.stringMatching(/^RefreshAccessTokenFunction/) };
    expect(propertiesOf('AWS::Lambda::Function', differences)).toEqual([
      expect.objectContaining({
        Timeout: 58,
        MemorySize: 512,
        Environment: { Variables: { ...common, SECRET_PREFIX: 'wechat-gateway/test/' } },
      }),
      expect.objectContaining({
        Timeout: 29,
        MemorySize: 512,
        Environment: { Variables: { ...upstream, SECRET_PREFIX: 'wechat-gateway/test/' } },
      }),
      expect.objectContaining({
        Timeout: 29,
        MemorySize: 1024,
        Environment: {
          Variables: {
            ...common,
            REFRESH_FUNCTION_NAME: refreshFunction,
            APP_SECRET_FUNCTION_NAME: appSecretFunction,
            PATH_PREFIX: '/wechat',
          },
        },
      }),
      expect.objectContaining({
        Timeout: 900,
        MemorySize: 512,
        Environment: {
          Variables: { ...common, STAGE: 'test', REFRESH_FUNCTION_NAME: refreshFunction, EVENT_BUS_NAME: 'default' },
        },
      }),
    ]);
  });
});

describe('the schedules', () => {
  it('run every minute and every morning; a delivery is tried three times, and then counted', () => {
    expect(propertiesOf('AWS::Scheduler::Schedule')).toEqual([
      {
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: arnOf(/^RefreshAccessTokenFunction/),
          RoleArn: arnOf(/^RefreshEveryMinuteRole/),
          Input: '{}',
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 },
          DeadLetterConfig: { Arn: arnOf(/^RefreshEveryMinuteDeadLetters/) },
        },
      },
      {
        ScheduleExpression: 'cron(0 7 * * ? *)',
        ScheduleExpressionTimezone: 'Asia/Shanghai',
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
        Target: {
          Arn: arnOf(/^SyncServerIpsFunction/),
          RoleArn: arnOf(/^SyncServerIpsEveryMorningRole/),
          Input: '{}',
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3_600 },
          DeadLetterConfig: { Arn: arnOf(/^SyncServerIpsEveryMorningDeadLetters/) },
        },
      },
    ]);
  });

  it('have Lambda run a failed refresh no second time and a failed sync twice more, and count them', () => {
    expect(propertiesOf('AWS::Lambda::EventInvokeConfig')).toEqual([
      {
        FunctionName: { Ref: expect.stringMatching(/^RefreshAccessTokenFunction/) },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
        DestinationConfig: { OnFailure: { Destination: arnOf(/^RefreshEveryMinuteDeadLetters/) } },
      },
      {
        FunctionName: { Ref: expect.stringMatching(/^SyncServerIpsFunction/) },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 3_600,
        DestinationConfig: { OnFailure: { Destination: arnOf(/^SyncServerIpsEveryMorningDeadLetters/) } },
      },
    ]);
  });
});

describe('the door', () => {
  it("hands every method and path from the host's root to call-wechat-api, payload 2.0", () => {
    expect(propertiesOf('AWS::ApiGatewayV2::Route')).toMatchObject([{ RouteKey: '$default' }]);
    expect(propertiesOf('AWS::ApiGatewayV2::Integration')).toMatchObject([
      { IntegrationType: 'AWS_PROXY', IntegrationUri: arnOf(/^CallWechatApiFunction/), PayloadFormatVersion: '2.0' },
    ]);
  });

  it('throttles as the environment file says', () => {
    expect(propertiesOf('AWS::ApiGatewayV2::Stage')).toMatchObject([
      { StageName: '$default', DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 } },
    ]);
  });

  it('logs neither query strings nor headers, which carry credentials', () => {
    const format = JSON.stringify(propertiesOf('AWS::ApiGatewayV2::Stage'));
    expect(format).toContain('$context.path');
    expect(format).not.toMatch(/query|header|authorizer/i);
  });
});

describe('the way out', () => {
  it('is one NAT gateway whose address is kept when the stack goes, with a free way to DynamoDB', () => {
    const nat = { egress: 'nat' };
    expect(resourcesOf('AWS::EC2::EIP', nat)).toMatchObject([retained]);
    expect(propertiesOf('AWS::EC2::NatGateway', nat)).toMatchObject([
      { AllocationId: { 'Fn::GetAtt': ['EgressElasticIp8344C513', 'AllocationId'] } },
    ]);
    expect(propertiesOf('AWS::EC2::VPCEndpoint', nat)).toMatchObject([{ VpcEndpointType: 'Gateway' }]);
    const inVpc = { VpcConfig: expect.anything() };
    expect(propertiesOf('AWS::Lambda::Function', nat)).toMatchObject([inVpc, inVpc, inVpc, inVpc]);
  });

  it('lets nothing in, and only HTTPS out', () => {
    const [group] = propertiesOf('AWS::EC2::SecurityGroup', { egress: 'nat' });
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(group).toMatchObject({ SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }] });
  });

  it('needs no VPC with egress none', () => {
    const none = { egress: 'none' };
    expect(propertiesOf('AWS::EC2::VPC', none)).toEqual([]);
    expect(propertiesOf('AWS::Lambda::Function', none).filter((properties) => 'VpcConfig' in properties)).toEqual([]);
  });
});

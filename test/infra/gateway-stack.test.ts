import { describe, expect, it } from 'vitest';
import { propertiesOf, RETAINED, resourcesOf } from './resources.ts';
import { exampleTemplate } from './synthesise.ts';

const arnOf = (start: RegExp) => ({ 'Fn::GetAtt': [expect.stringMatching(start), 'Arn'] });

describe('state', () => {
  it('outlives the stack, refuses deletion and can be restored to any point in time', () => {
    expect(resourcesOf('AWS::DynamoDB::Table')).toMatchObject([
      {
        ...RETAINED,
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
    expect(resourcesOf('AWS::KMS::Key')).toMatchObject([{ ...RETAINED, Properties: { EnableKeyRotation: true } }]);
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

  it('goes with the stack only where the stage is to be destroyed', () => {
    const gone = { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' };
    const differences = { removalPolicy: 'destroy', egress: 'nat' };
    expect(resourcesOf('AWS::DynamoDB::Table', differences)).toMatchObject([
      { ...gone, Properties: { DeletionProtectionEnabled: false } },
    ]);
    expect(resourcesOf('AWS::KMS::Key', differences)).toMatchObject([gone]);
    expect(resourcesOf('AWS::EC2::EIP', differences)).toMatchObject([gone]);
    expect(resourcesOf('AWS::Logs::LogGroup', differences)).toMatchObject(Array.from({ length: 6 }, () => gone));
    expect(resourcesOf('AWS::Logs::LogGroup', { egress: 'nat' })).toMatchObject(
      Array.from({ length: 6 }, () => RETAINED),
    );
  });

  it('keeps its logical ids, and so do all whose names or addresses others hold: a new id would be a new, empty table', () => {
    const differences = { egress: { kind: 'nat', zones: 2 }, alarmEmail: 'on-call@example.com', auth: 'both' };
    const ids = Object.keys(exampleTemplate(differences).toJSON()['Resources']);
    expect(ids).toEqual(
      expect.arrayContaining([
        'StateTable962DE04C',
        'StateKeyCC9D02A8',
        'EgressElasticIp8344C513',
        'EgressElasticIp26B3056DE',
        'NoticesKey98C62BF4',
        'NoticesTopic898AF2CD',
        'RefreshAccessTokenFunctionAC13D937',
        'CallWithAppSecretFunctionEB4C3A65',
        'CallWechatApiFunction20A2326C',
        'SyncServerIpsFunction6CEEED2F',
        'SyncQuotasFunctionE205D868',
        'RefreshAccessTokenLogs27FF0C55',
        'CallWithAppSecretLogs65714C23',
        'CallWechatApiLogs27BF84B1',
        'SyncServerIpsLogs06429DC8',
        'SyncQuotasLogs6C4AB9F8',
        'RefreshEveryMinuteSchedule3550386D',
        'RefreshEveryMinuteDeadLetters489FC7F8',
        'SyncServerIpsEveryMorningSchedule7E17DE74',
        'SyncServerIpsEveryMorningDeadLetters91063FEF',
        'SyncQuotasEveryMorningScheduleDEE00737',
        'SyncQuotasEveryMorningDeadLetters3523BB98',
        'DoorApiD32F8731',
        'DoorStage3D2354C0',
        'DoorAccessLogsF5BA6967',
        'OperatorPolicy63C1EB6F',
      ]),
    );
  });
});

describe('the functions', () => {
  it.each(['none', 'nat'])('all run Node 24 on arm64 and log JSON, egress %s', (egress) => {
    const expected = {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
    };
    expect(propertiesOf('AWS::Lambda::Function', { egress })).toMatchObject(Array.from({ length: 5 }, () => expected));
  });

  it('keep their logs, and those of the door, as long as the environment file says', () => {
    expect(propertiesOf('AWS::Logs::LogGroup', { logRetentionDays: 7 })).toEqual(
      Array.from({ length: 6 }, () => ({ RetentionInDays: 7 })),
    );
  });

  it('get their time, memory and variables', () => {
    const differences = { pathPrefix: '/wechat', upstreamHosts: ['api.weixin.qq.com', 'sh.api.weixin.qq.com'] };
    const upstream = { UPSTREAM_ORIGINS: 'https://api.weixin.qq.com,https://sh.api.weixin.qq.com' };
    const everywhere = { STAGE: 'test', ...upstream };
    const common = { TABLE_NAME: { Ref: 'StateTable962DE04C' }, ...everywhere };
    const appSecretFunction = { Ref: expect.stringMatching(/^CallWithAppSecretFunction/) };
    const quotasFunction = { Ref: expect.stringMatching(/^SyncQuotasFunction/) };
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
        Environment: { Variables: { ...everywhere, SECRET_PREFIX: 'wechat-gateway/test/' } },
      }),
      expect.objectContaining({
        Timeout: 900,
        MemorySize: 512,
        Environment: {
          Variables: {
            ...common,
            REFRESH_FUNCTION_NAME: refreshFunction,
            APP_SECRET_FUNCTION_NAME: appSecretFunction,
          },
        },
      }),
      expect.objectContaining({
        Timeout: 29,
        MemorySize: 512,
        Environment: {
          Variables: {
            ...common,
            REFRESH_FUNCTION_NAME: refreshFunction,
            APP_SECRET_FUNCTION_NAME: appSecretFunction,
            QUOTAS_FUNCTION_NAME: quotasFunction,
            PATH_PREFIX: '/wechat',
            DOORS: 'key',
          },
        },
      }),
      expect.objectContaining({
        Timeout: 900,
        MemorySize: 512,
        Environment: {
          Variables: { ...common, REFRESH_FUNCTION_NAME: refreshFunction, EVENT_BUS_NAME: 'default' },
        },
      }),
    ]);
  });
});

const everyMorning = (name: string, part: string) => ({
  Name: `wechat-gateway-test-${name}-every-morning`,
  ScheduleExpression: 'cron(0 7 * * ? *)',
  ScheduleExpressionTimezone: 'Asia/Shanghai',
  FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
  Target: {
    Arn: arnOf(new RegExp(`^${part}Function`)),
    RoleArn: arnOf(new RegExp(`^${part}EveryMorningRole`)),
    Input: '{}',
    RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3_600 },
    DeadLetterConfig: { Arn: arnOf(new RegExp(`^${part}EveryMorningDeadLetters`)) },
  },
});

describe('the schedules', () => {
  it('run every minute and every morning; a delivery is tried three times, and then counted', () => {
    expect(propertiesOf('AWS::Scheduler::Schedule')).toEqual([
      {
        Name: 'wechat-gateway-test-refresh-every-minute',
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
      everyMorning('sync', 'SyncServerIps'),
      everyMorning('quotas', 'SyncQuotas'),
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
        FunctionName: { Ref: expect.stringMatching(/^SyncQuotasFunction/) },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 3_600,
        DestinationConfig: { OnFailure: { Destination: arnOf(/^SyncQuotasEveryMorningDeadLetters/) } },
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

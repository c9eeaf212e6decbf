import * as v from 'valibot';
import { expect, it } from 'vitest';
import { policyDocument, textsOf } from './policy-lines.ts';
import { propertiesOf } from './resources.ts';

const SECRETS = 'arn:aws:secretsmanager:ap-southeast-1:<AWS::AccountId>:secret:wechat-gateway/test/*';
const LOGS = [
  'CallWechatApiLogs',
  'CallWithAppSecretLogs',
  'DoorAccessLogs',
  'RefreshAccessTokenLogs',
  'SyncServerIpsLogs',
];

it('lets operators do exactly this: what the command line needs, on their own stage', () => {
  const [policy] = propertiesOf('AWS::IAM::ManagedPolicy');
  const lines = textsOf(v.parse(policyDocument, policy?.['PolicyDocument']));
  const logs = ['FilterLogEvents', 'StartLiveTail'].flatMap((action) =>
    LOGS.flatMap((group) => [
      `logs:${action} on ${group}.Arn`,
      `logs:${action} on arn:aws:logs:ap-southeast-1:<AWS::AccountId>:log-group:<${group}>`,
    ]),
  );
  const table = ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'].flatMap((action) => [
    `dynamodb:${action} on StateTable.Arn`,
    `dynamodb:${action} on StateTable.Arn/index/due`,
  ]);
  const keyActions = [
    'Decrypt',
    'DescribeKey',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext',
    'ReEncryptFrom',
    'ReEncryptTo',
  ];
  expect(lines).toEqual(
    [
      ...logs,
      ...table,
      ...keyActions.map((action) => `kms:${action} on StateKey.Arn`),
      ...['CreateSecret', 'DeleteSecret', 'DescribeSecret', 'PutSecretValue', 'RestoreSecret'].map(
        (action) => `secretsmanager:${action} on ${SECRETS}`,
      ),
      'cloudformation:DescribeStacks on arn:aws:cloudformation:ap-southeast-1:<AWS::AccountId>:stack/wechat-gateway-test/*',
      'cloudwatch:DescribeAlarms on *',
      'cloudwatch:GetMetricData on *',
      'lambda:InvokeFunction on RefreshAccessTokenFunction.Arn',
      'lambda:InvokeFunction on SyncServerIpsFunction.Arn',
      'scheduler:GetSchedule on arn:aws:scheduler:ap-southeast-1:<AWS::AccountId>:schedule/default/wechat-gateway-test-refresh-every-minute',
      'scheduler:GetSchedule on arn:aws:scheduler:ap-southeast-1:<AWS::AccountId>:schedule/default/wechat-gateway-test-sync-every-morning',
      'sqs:GetQueueAttributes on RefreshEveryMinuteDeadLetters.Arn',
      'sqs:GetQueueAttributes on SyncServerIpsEveryMorningDeadLetters.Arn',
    ].toSorted(),
  );
});

it('lets operators write app secrets and not read them', () => {
  expect(JSON.stringify(propertiesOf('AWS::IAM::ManagedPolicy'))).not.toContain('GetSecretValue');
});

import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { awsActionsOf } from './aws-actions.ts';
import { policyDocument, textsOf } from './policy-lines.ts';
import { propertiesOf } from './resources.ts';
import { exampleStack, quickApp } from './synthesise.ts';

const SECRETS = 'arn:aws:secretsmanager:ap-southeast-1:<AWS::AccountId>:secret:wechat-gateway/test/*';
const LOGS = [
  'CallWechatApiLogs',
  'CallWithAppSecretLogs',
  'RefreshAccessTokenLogs',
  'SyncQuotasLogs',
  'SyncServerIpsLogs',
];

it('lets operators do exactly this: what the command line needs, on their own stage', () => {
  const [policy] = propertiesOf('AWS::IAM::ManagedPolicy');
  const lines = textsOf(v.parse(policyDocument, policy?.['PolicyDocument']));
  const logs = LOGS.map((group) => `logs:FilterLogEvents on ${group}.Arn`);
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
      'cloudwatch:DescribeAlarmHistory on *',
      'cloudwatch:DescribeAlarms on *',
      'lambda:InvokeFunction on RefreshAccessTokenFunction.Arn',
      'lambda:InvokeFunction on SyncQuotasFunction.Arn',
      'lambda:InvokeFunction on SyncServerIpsFunction.Arn',
      'scheduler:GetSchedule on arn:aws:scheduler:ap-southeast-1:<AWS::AccountId>:schedule/default/wechat-gateway-test-quotas-every-morning',
      'scheduler:GetSchedule on arn:aws:scheduler:ap-southeast-1:<AWS::AccountId>:schedule/default/wechat-gateway-test-refresh-every-minute',
      'scheduler:GetSchedule on arn:aws:scheduler:ap-southeast-1:<AWS::AccountId>:schedule/default/wechat-gateway-test-sync-every-morning',
    ].toSorted(),
  );
});

it('lets operators do what the code of the command line asks of AWS, and nothing besides', () => {
  const [policy] = propertiesOf('AWS::IAM::ManagedPolicy');
  const lines = textsOf(v.parse(policyDocument, policy?.['PolicyDocument']));
  const allowed = new Set(lines.map((line) => line.split(' ')[0] ?? '').filter((action) => !action.startsWith('kms:')));
  const asked = new Set(awsActionsOf(join(import.meta.dirname, '../../infra/operator/main.ts')));
  // Who one is, AWS tells everybody.
  asked.delete('sts:GetCallerIdentity');
  expect(asked.size).toBeGreaterThan(15);
  expect(allowed).toEqual(asked);
});

it('has room in what AWS takes, 6,144 characters, for the longest stage of the largest shape', () => {
  const stage = 'x'.repeat(20);
  const template = Template.fromStack(
    exampleStack(quickApp(), { egress: 'nat', auth: 'both', alarmEmail: 'on-call@example.com' }, stage),
  );
  const [policy] = Object.values(template.findResources('AWS::IAM::ManagedPolicy')).map((found: unknown) =>
    v.parse(v.object({ Properties: v.object({ PolicyDocument: v.unknown() }) }), found),
  );
  const text = JSON.stringify(policy?.Properties.PolicyDocument);
  // What the deploy fills in, an AWS account or the rest of an ARN, is shorter than the object that stands for it or than this.
  const longest = text.replaceAll(/\{"(?:Ref|Fn::GetAtt)":(?:"[^"]*"|\[[^\]]*\])\}/g, `"${'x'.repeat(150)}"`);
  expect(longest.replaceAll(/\s/g, '').length).toBeLessThan(6_144);
});

it('lets operators write app secrets and not read them', () => {
  expect(JSON.stringify(propertiesOf('AWS::IAM::ManagedPolicy'))).not.toContain('GetSecretValue');
});

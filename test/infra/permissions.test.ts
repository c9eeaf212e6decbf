import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { policyDocument, textsOf, withoutHash } from './policy-lines.ts';
import { STAGE_SHAPES } from './stage-shapes.ts';
import { exampleTemplate } from './synthesise.ts';

const policy = v.object({
  Properties: v.object({ Roles: v.tuple([v.object({ Ref: v.string() })]), PolicyDocument: policyDocument }),
});

/** Per role all it may do. */
function permissions(differences: object = {}): Record<string, readonly string[]> {
  const policies = exampleTemplate(differences).findResources('AWS::IAM::Policy');
  const roles: Record<string, string[]> = {};
  for (const { Properties } of Object.values(policies).map((resource) => v.parse(policy, resource))) {
    const role = withoutHash(Properties.Roles[0].Ref);
    roles[role] = [...(roles[role] ?? []), ...textsOf(Properties.PolicyDocument)].toSorted();
  }
  return roles;
}

const held = (...leadingKeys: string[]) =>
  `if ${JSON.stringify({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leadingKeys }, Null: { 'dynamodb:LeadingKeys': 'false' } })}`;

const USE_OF_KEY = [
  'kms:Decrypt on StateKey.Arn',
  'kms:DescribeKey on StateKey.Arn',
  'kms:Encrypt on StateKey.Arn',
  'kms:GenerateDataKey on StateKey.Arn',
  'kms:GenerateDataKeyWithoutPlaintext on StateKey.Arn',
  'kms:ReEncryptFrom on StateKey.Arn',
  'kms:ReEncryptTo on StateKey.Arn',
];

const SECRETS = 'arn:aws:secretsmanager:ap-southeast-1:<AWS::AccountId>:secret:wechat-gateway/test/*';

const EXPECTED = {
  CallWechatApiRole: [
    `dynamodb:BatchGetItem on StateTable.Arn ${held('ACCOUNT#*', 'TOKEN#*', 'CALLER#*', 'TICKET#*', 'USAGE#*', 'IPS#*')}`,
    `dynamodb:GetItem on StateTable.Arn ${held('ACCOUNT#*', 'TOKEN#*', 'CALLER#*', 'TICKET#*', 'USAGE#*', 'IPS#*')}`,
    `dynamodb:PutItem on StateTable.Arn ${held('HEAL#*')}`,
    `dynamodb:Query on StateTable.Arn ${held('USAGE#*')}`,
    `dynamodb:UpdateItem on StateTable.Arn ${held('USAGE#*', 'TICKET#*')}`,
    ...USE_OF_KEY,
    'lambda:InvokeFunction on CallWithAppSecretFunction.Arn',
    'lambda:InvokeFunction on RefreshAccessTokenFunction.Arn',
    'lambda:InvokeFunction on SyncQuotasFunction.Arn',
    'logs:CreateLogStream on CallWechatApiLogs.Arn',
    'logs:PutLogEvents on CallWechatApiLogs.Arn',
  ],
  CallWithAppSecretRole: [
    'logs:CreateLogStream on CallWithAppSecretLogs.Arn',
    'logs:PutLogEvents on CallWithAppSecretLogs.Arn',
    `secretsmanager:GetSecretValue on ${SECRETS}`,
  ],
  RefreshAccessTokenRole: [
    `dynamodb:GetItem on StateTable.Arn ${held('ACCOUNT#*', 'TOKEN#*')}`,
    `dynamodb:Query on StateTable.Arn/index/due ${held('due')}`,
    `dynamodb:UpdateItem on StateTable.Arn ${held('TOKEN#*')}`,
    ...USE_OF_KEY,
    'logs:CreateLogStream on RefreshAccessTokenLogs.Arn',
    'logs:PutLogEvents on RefreshAccessTokenLogs.Arn',
    `secretsmanager:GetSecretValue on ${SECRETS}`,
    'sqs:SendMessage on RefreshEveryMinuteDeadLetters.Arn',
  ],
  RefreshEveryMinuteRole: [
    'lambda:InvokeFunction on RefreshAccessTokenFunction.Arn',
    'sqs:SendMessage on RefreshEveryMinuteDeadLetters.Arn',
  ],
  SyncQuotasEveryMorningRole: [
    'lambda:InvokeFunction on SyncQuotasFunction.Arn',
    'sqs:SendMessage on SyncQuotasEveryMorningDeadLetters.Arn',
  ],
  SyncQuotasRole: [
    `dynamodb:GetItem on StateTable.Arn ${held('TOKEN#*', 'USAGE#*')}`,
    `dynamodb:PutItem on StateTable.Arn ${held('HEAL#*')}`,
    `dynamodb:Query on StateTable.Arn ${held('USAGE#*')}`,
    `dynamodb:Query on StateTable.Arn/index/due ${held('due')}`,
    `dynamodb:UpdateItem on StateTable.Arn ${held('USAGE#*')}`,
    ...USE_OF_KEY,
    'lambda:InvokeFunction on CallWithAppSecretFunction.Arn',
    'lambda:InvokeFunction on RefreshAccessTokenFunction.Arn',
    'logs:CreateLogStream on SyncQuotasLogs.Arn',
    'logs:PutLogEvents on SyncQuotasLogs.Arn',
    'sqs:SendMessage on SyncQuotasEveryMorningDeadLetters.Arn',
  ],
  SyncServerIpsEveryMorningRole: [
    'lambda:InvokeFunction on SyncServerIpsFunction.Arn',
    'sqs:SendMessage on SyncServerIpsEveryMorningDeadLetters.Arn',
  ],
  SyncServerIpsRole: [
    `dynamodb:GetItem on StateTable.Arn ${held('TOKEN#*', 'IPS#*')}`,
    `dynamodb:PutItem on StateTable.Arn ${held('HEAL#*', 'IPS#*')}`,
    `dynamodb:Query on StateTable.Arn/index/due ${held('due')}`,
    'events:PutEvents on arn:aws:events:ap-southeast-1:<AWS::AccountId>:event-bus/default if {"ForAllValues:StringEquals":{"events:source":"wechat-gateway"},"Null":{"events:source":"false"}}',
    ...USE_OF_KEY,
    'lambda:InvokeFunction on RefreshAccessTokenFunction.Arn',
    'logs:CreateLogStream on SyncServerIpsLogs.Arn',
    'logs:PutLogEvents on SyncServerIpsLogs.Arn',
    'sqs:SendMessage on SyncServerIpsEveryMorningDeadLetters.Arn',
  ],
};

const ATTACHMENT = [
  'ec2:AssignPrivateIpAddresses on *',
  'ec2:CreateNetworkInterface on *',
  'ec2:DeleteNetworkInterface on *',
  'ec2:DescribeNetworkInterfaces on *',
  'ec2:DescribeSubnets on *',
  'ec2:UnassignPrivateIpAddresses on *',
];

describe('the roles', () => {
  it('may do exactly this, and there are no others', () => {
    expect(permissions()).toEqual(EXPECTED);
  });

  it('add in a VPC only the network interfaces, which the code of a function is denied', () => {
    const roles = permissions({ egress: 'nat' });
    const {
      CallWechatApiRole = [],
      CallWithAppSecretRole = [],
      RefreshAccessTokenRole = [],
      SyncQuotasRole = [],
      SyncServerIpsRole = [],
      ...rest
    } = roles;
    const denied = JSON.stringify({
      ArnLike: {
        'lambda:SourceFunctionArn': {
          'Fn::Join': ['', ['arn:aws:lambda:ap-southeast-1:', { Ref: 'AWS::AccountId' }, ':function:*']],
        },
      },
    });
    const added = [...ATTACHMENT, ...ATTACHMENT.map((line) => `NOT ${line} if ${denied}`)];
    expect(CallWechatApiRole).toEqual([...EXPECTED.CallWechatApiRole, ...added].toSorted());
    expect(CallWithAppSecretRole).toEqual([...EXPECTED.CallWithAppSecretRole, ...added].toSorted());
    expect(RefreshAccessTokenRole).toEqual([...EXPECTED.RefreshAccessTokenRole, ...added].toSorted());
    expect(SyncQuotasRole).toEqual([...EXPECTED.SyncQuotasRole, ...added].toSorted());
    expect(SyncServerIpsRole).toEqual([...EXPECTED.SyncServerIpsRole, ...added].toSorted());
    const { RefreshEveryMinuteRole, SyncQuotasEveryMorningRole, SyncServerIpsEveryMorningRole } = EXPECTED;
    expect(rest).toEqual({ RefreshEveryMinuteRole, SyncQuotasEveryMorningRole, SyncServerIpsEveryMorningRole });
  });

  it('have no policies besides: none managed, none inline', () => {
    const roles = exampleTemplate({ egress: 'nat' }).findResources('AWS::IAM::Role');
    const properties = Object.values(roles).map((role) =>
      Object.keys(v.parse(v.object({ Properties: v.record(v.string(), v.unknown()) }), role).Properties),
    );
    expect(properties).toEqual(Object.keys(EXPECTED).map(() => ['AssumeRolePolicyDocument']));
  });

  it.each(Object.entries(STAGE_SHAPES))(
    'let only refresh-access-token and call-with-app-secret read secrets, and only read, stage %s',
    (_, differences) => {
      const roles = Object.entries(permissions(differences));
      const reaching = roles.filter(([, lines]) => lines.some((line) => line.includes('secretsmanager')));
      expect(reaching.map(([role]) => role).toSorted()).toEqual(['CallWithAppSecretRole', 'RefreshAccessTokenRole']);
      const actions = reaching.flatMap(([, lines]) => lines.filter((line) => line.startsWith('secretsmanager')));
      expect(actions).toHaveLength(2);
      for (const line of actions)
        expect(line).toMatch(/^secretsmanager:GetSecretValue on .*:secret:wechat-gateway\/test\/\*$/);
    },
  );

  it('reach the table and its index only by leading keys, and never without a key', () => {
    const lines = Object.values(permissions()).flat();
    const onTable = lines.filter((line) => line.includes('StateTable'));
    expect(onTable.length).toBeGreaterThan(8);
    for (const line of onTable)
      expect(line).toMatch(
        /"dynamodb:LeadingKeys":\["[^*][^"]*"[^\]]*\]\},"Null":\{"dynamodb:LeadingKeys":"false"\}\}$/,
      );
  });

  it('add for signed requests only whose calls a role signs', () => {
    const { CallWechatApiRole = [], ...rest } = permissions({ auth: 'iam' });
    expect(CallWechatApiRole).toEqual(
      EXPECTED.CallWechatApiRole.map((line) => line.replace('"IPS#*"', '"IPS#*","ROLE#*"')),
    );
    const { CallWechatApiRole: _, ...others } = EXPECTED;
    expect(rest).toEqual(others);
  });

  it('add for an e-mail address only what the sync and the alarm notices need to publish', () => {
    const publish = [
      'kms:Decrypt on NoticesKey.Arn',
      'kms:GenerateDataKey on NoticesKey.Arn',
      'sns:Publish on <NoticesTopic>',
    ];
    const logs = [
      'CallWechatApiLogs',
      'CallWithAppSecretLogs',
      'DoorAccessLogs',
      'RefreshAccessTokenLogs',
      'SyncQuotasLogs',
      'SyncServerIpsLogs',
    ];
    expect(permissions({ alarmEmail: 'on-call@example.com' })).toEqual({
      ...EXPECTED,
      SyncServerIpsRole: [...EXPECTED.SyncServerIpsRole, ...publish].toSorted(),
      SendAlarmNoticeRole: [
        ...publish,
        `dynamodb:GetItem on StateTable.Arn ${held('ACCOUNT#*')}`,
        'kms:Decrypt on StateKey.Arn',
        'kms:DescribeKey on StateKey.Arn',
        ...logs.map((group) => `logs:FilterLogEvents on ${group}.Arn`),
        'logs:CreateLogStream on SendAlarmNoticeLogs.Arn',
        'logs:PutLogEvents on SendAlarmNoticeLogs.Arn',
      ].toSorted(),
    });
  });

  it('never scan, and name no action by a pattern', () => {
    const lines = Object.values(permissions({ egress: 'nat' })).flat();
    expect(lines.filter((line) => /Scan|^[^ ]*\*/.test(line))).toEqual([]);
  });
});

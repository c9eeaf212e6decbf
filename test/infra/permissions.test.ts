import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { exampleTemplate } from './synthesise.ts';

const oneOrMore = <Item extends v.GenericSchema>(item: Item) =>
  v.union([
    v.array(item),
    v.pipe(
      item,
      v.transform((single) => [single]),
    ),
  ]);

const policy = v.object({
  Properties: v.object({
    Roles: v.tuple([v.object({ Ref: v.string() })]),
    PolicyDocument: v.object({
      Statement: v.array(
        v.strictObject({
          Effect: v.picklist(['Allow', 'Deny']),
          Action: oneOrMore(v.string()),
          Resource: oneOrMore(v.unknown()),
          Condition: v.optional(v.record(v.string(), v.record(v.string(), v.unknown()))),
        }),
      ),
    }),
  }),
});

/** A resource of a policy as a short text: `State/Table.Arn` for the attribute of a construct. */
function textOf(resource: unknown): string {
  const join = v.safeParse(v.object({ 'Fn::Join': v.tuple([v.string(), v.array(v.unknown())]) }), resource);
  if (join.success) return join.output['Fn::Join'][1].map(textOf).join('');
  const attribute = v.safeParse(v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }), resource);
  if (attribute.success)
    return `${withoutHash(attribute.output['Fn::GetAtt'][0])}.${attribute.output['Fn::GetAtt'][1]}`;
  const reference = v.safeParse(v.object({ Ref: v.string() }), resource);
  return reference.success ? `<${reference.output.Ref}>` : String(resource);
}

function withoutHash(logicalId: string): string {
  return logicalId.slice(0, -8);
}

/** Per role all it may do, one line per action and resource: `action on resource [leading keys]`. */
function permissions(differences: object = {}): Record<string, readonly string[]> {
  const policies = exampleTemplate(differences).findResources('AWS::IAM::Policy');
  const roles: Record<string, string[]> = {};
  for (const { Properties } of Object.values(policies).map((resource) => v.parse(policy, resource))) {
    const role = withoutHash(Properties.Roles[0].Ref);
    const lines = Properties.PolicyDocument.Statement.flatMap(linesOf);
    roles[role] = [...(roles[role] ?? []), ...lines].toSorted();
  }
  return roles;
}

function linesOf(
  statement: v.InferOutput<typeof policy>['Properties']['PolicyDocument']['Statement'][number],
): string[] {
  const { Effect, Action, Resource, Condition } = statement;
  const only = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
  const not = Effect === 'Deny' ? 'NOT ' : '';
  return Action.flatMap((action) => Resource.map((resource) => `${not}${action} on ${textOf(resource)}${only}`));
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
    `dynamodb:GetItem on StateTable.Arn ${held('TOKEN#*', 'CALLER#*', 'TICKET#*', 'IPS#*')}`,
    `dynamodb:PutItem on StateTable.Arn ${held('HEAL#*')}`,
    `dynamodb:UpdateItem on StateTable.Arn ${held('USAGE#*', 'TICKET#*')}`,
    ...USE_OF_KEY,
    'lambda:InvokeFunction on CallWithAppSecretFunction.Arn',
    'lambda:InvokeFunction on RefreshAccessTokenFunction.Arn',
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
  SyncServerIpsEveryMorningRole: [
    'lambda:InvokeFunction on SyncServerIpsFunction.Arn',
    'sqs:SendMessage on SyncServerIpsEveryMorningDeadLetters.Arn',
  ],
  SyncServerIpsRole: [
    `dynamodb:GetItem on StateTable.Arn ${held('TOKEN#*', 'IPS#*')}`,
    `dynamodb:PutItem on StateTable.Arn ${held('HEAL#*', 'IPS#*')}`,
    `dynamodb:Query on StateTable.Arn/index/due ${held('due')}`,
    'events:PutEvents on arn:aws:events:ap-southeast-1:<AWS::AccountId>:event-bus/default if {"StringEquals":{"events:source":"wechat-gateway"}}',
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
    expect(SyncServerIpsRole).toEqual([...EXPECTED.SyncServerIpsRole, ...added].toSorted());
    const { RefreshEveryMinuteRole, SyncServerIpsEveryMorningRole } = EXPECTED;
    expect(rest).toEqual({ RefreshEveryMinuteRole, SyncServerIpsEveryMorningRole });
  });

  it('have no policies besides: none managed, none inline', () => {
    const roles = exampleTemplate({ egress: 'nat' }).findResources('AWS::IAM::Role');
    const properties = Object.values(roles).map((role) =>
      Object.keys(v.parse(v.object({ Properties: v.record(v.string(), v.unknown()) }), role).Properties),
    );
    expect(properties).toEqual(Object.keys(EXPECTED).map(() => ['AssumeRolePolicyDocument']));
  });

  it.each(['none', 'nat'])(
    'let the function that faces the internet do nothing with Secrets Manager, egress %s',
    (egress) => {
      const { CallWechatApiRole } = permissions({ egress });
      expect(CallWechatApiRole).not.toContainEqual(expect.stringContaining('secretsmanager'));
    },
  );

  it('never scan, and name no action by a pattern', () => {
    const lines = Object.values(permissions({ egress: 'nat' })).flat();
    expect(lines.filter((line) => /Scan|^[^ ]*\*/.test(line))).toEqual([]);
  });
});

import { Match, type Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { exampleTemplate } from './synthesise.ts';

const FIREWALLS = {
  prefixLists: [
    { list: 'callback', family: 'ipv4', id: 'pl-0123456789abcdef0' },
    { list: 'callback', family: 'ipv6', id: 'pl-0123456789abcdef1' },
  ],
  wafIpSets: [
    { list: 'callback', family: 'ipv4', scope: 'REGIONAL', name: 'wechat', id: 'a1b2' },
    { list: 'callback', family: 'ipv4', scope: 'CLOUDFRONT', name: 'wechat-edge', id: 'c3d4' },
  ],
};

const arn = (before: string, after: string) => ({
  'Fn::Join': ['', [before, { Ref: 'AWS::AccountId' }, after]],
});

const firewallStatements = (template: Template): readonly string[] => {
  const text = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  return text.match(/(?:ec2|wafv2):\w*(?:PrefixList|IPSet)\w*/g) ?? [];
};

it('the sync may change exactly the named prefix lists and IP sets', () => {
  const template = exampleTemplate({ firewalls: FIREWALLS });
  const statements = [
    {
      Effect: 'Allow',
      Action: ['ec2:GetManagedPrefixListEntries', 'ec2:ModifyManagedPrefixList'],
      Resource: [
        arn('arn:aws:ec2:ap-southeast-1:', ':prefix-list/pl-0123456789abcdef0'),
        arn('arn:aws:ec2:ap-southeast-1:', ':prefix-list/pl-0123456789abcdef1'),
      ],
    },
    { Effect: 'Allow', Action: 'ec2:DescribeManagedPrefixLists', Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'],
      Resource: [
        arn('arn:aws:wafv2:ap-southeast-1:', ':regional/ipset/wechat/a1b2'),
        arn('arn:aws:wafv2:us-east-1:', ':global/ipset/wechat-edge/c3d4'),
      ],
    },
  ];
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^SyncServerIpsRole') }],
    PolicyDocument: { Statement: Match.arrayWith(statements) },
  });
  expect(firewallStatements(template)).toHaveLength(5);
});

it('the sync is told which they are', () => {
  const told = exampleTemplate({ firewalls: FIREWALLS }).findResources('AWS::Lambda::Function', {
    Properties: {
      Environment: {
        Variables: {
          PREFIX_LISTS: 'callback:ipv4:pl-0123456789abcdef0,callback:ipv6:pl-0123456789abcdef1',
          WAF_IP_SETS: 'callback:ipv4:REGIONAL:wechat:a1b2,callback:ipv4:CLOUDFRONT:wechat-edge:c3d4',
        },
      },
    },
  });
  expect(Object.keys(told)).toEqual([expect.stringMatching(/^SyncServerIps/)]);
});

it('no role may do anything with firewalls when the stage names none', () => {
  expect(firewallStatements(exampleTemplate())).toEqual([]);
});

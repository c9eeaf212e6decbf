import type { App } from 'aws-cdk-lib';
import { exampleStack, quickApp } from './synthesise.ts';

const HONG_KONG = { region: 'ap-east-1' };
const BEIJING = { region: 'cn-north-1', auth: 'iam' };

const FIREWALLS = {
  prefixLists: [{ list: 'callback', family: 'ipv4', id: 'pl-0123456789abcdef0' }],
  wafIpSets: [{ list: 'callback', family: 'ipv4', scope: 'REGIONAL', name: 'wechat', id: 'a1b2' }],
};

/** The shapes that an environment file can give a stage, as differences to the example, by the stage's name. Every field is in one of them. */
export const STAGE_SHAPES = {
  'key-nat': { egress: 'nat', alarmEmail: 'on-call@example.com', tags: { 'cost-centre': '4711' } },
  'hk-both-nat-2': {
    ...HONG_KONG,
    auth: 'both',
    egress: { kind: 'nat', zones: 2 },
    pathPrefix: '/wechat',
    firewalls: FIREWALLS,
  },
  'hk-kept-addresses': {
    ...HONG_KONG,
    egress: {
      kind: 'nat',
      elasticIps: [{ allocationId: 'eipalloc-0123456789abcdef0', address: '203.0.113.7' }],
    },
    runbookUrl: 'https://git.example.com/docs/runbook.md',
    removalPolicy: 'destroy',
  },
  'existing-vpc': {
    egress: {
      kind: 'existing-vpc',
      vpcId: 'vpc-0123456789abcdef0',
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      securityGroupIds: ['sg-0123456789abcdef0'],
      addresses: ['203.0.113.7', '203.0.113.8'],
    },
    permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/developer-boundary',
  },
  'key-none-domain': {
    egress: 'none',
    domain: {
      name: 'wechat.example.com',
      certificateArn: 'arn:aws:acm:ap-southeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
      hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
    },
    alarmTopicArn: 'arn:aws:sns:ap-southeast-1:123456789012:wechat-gateway-alarms',
  },
  'cn-iam-nat': { ...BEIJING, egress: 'nat', alarmEmail: 'on-call@example.com' },
  'cn-icp-domain': {
    ...BEIJING,
    auth: 'key',
    icpApproved: true,
    egress: 'none',
    domain: {
      name: 'wechat.example.com',
      certificateArn: 'arn:aws-cn:acm:cn-north-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
    },
  },
} as const;

/** An app with a stage of every shape: they are synthesised together in the time that two take one by one. */
export function withAllShapes(app: App): App {
  for (const [stage, differences] of Object.entries(STAGE_SHAPES)) exampleStack(app, differences, stage);
  return app;
}

/** The template's text of every shape, by the stage's name. */
export function textsOfAllShapes(): ReadonlyMap<string, string> {
  const { stacks } = withAllShapes(quickApp()).synth();
  return new Map(
    stacks.map(({ stackName, template }) => [stackName.replace('wechat-gateway-', ''), JSON.stringify(template)]),
  );
}

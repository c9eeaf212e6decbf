import { describe, expect, it } from 'vitest';
import { EnvironmentFileError, parseEnvironment } from '../../infra/environment-file.ts';
import { ENVIRONMENT_FIELDS } from '../../infra/environment-schema.ts';
import { EXAMPLE_ENVIRONMENT } from './synthesise.ts';

const CERTIFICATE = 'certificate/12345678-1234-1234-1234-123456789012';
const certificateArn = `arn:aws:acm:ap-southeast-1:123456789012:${CERTIFICATE}`;
const elasticIp = { allocationId: 'eipalloc-0123456789abcdef0', address: '203.0.113.7' };

/** The faults of the example with these differences. */
function faultsOf(differences: object): readonly string[] {
  try {
    parseEnvironment({ ...EXAMPLE_ENVIRONMENT, ...differences }, 'example.json');
  } catch (error) {
    if (error instanceof EnvironmentFileError) return error.faults;
    throw error;
  }
  return [];
}

const parsed = (differences: object) => parseEnvironment({ ...EXAMPLE_ENVIRONMENT, ...differences }, 'example.json');

describe('auth in AWS China', () => {
  it.each([{}, { auth: 'key' }, { auth: 'both' }, { icpApproved: false }])(
    'is nothing but iam without an ICP licence, and the fault says what that means for SDKs: %j',
    (differences) => {
      expect(faultsOf({ region: 'cn-north-1', ...differences })).toEqual([
        expect.stringMatching(/^auth: must be "iam" in AWS China .*WeChat SDKs cannot sign.*; example: "iam"$/),
      ]);
    },
  );

  it('is anything with an ICP licence, and elsewhere it is anything at all', () => {
    expect(faultsOf({ region: 'cn-northwest-1', auth: 'both', icpApproved: true })).toEqual([]);
    expect(faultsOf({ region: 'ap-east-1', auth: 'key' })).toEqual([]);
  });
});

describe('egress', () => {
  it('may be short: "nat" is one NAT gateway with an Elastic IP that the stack makes', () => {
    expect(parsed({ egress: 'nat' }).egress).toEqual({ kind: 'nat', zones: 1, elasticIps: [] });
    expect(parsed({ egress: { kind: 'nat' } }).egress).toEqual({ kind: 'nat', zones: 1, elasticIps: [] });
  });

  it('refuses three zones, and Elastic IPs that are not one per zone', () => {
    expect(faultsOf({ egress: { kind: 'nat', zones: 3 } })).toEqual([
      'egress.zones: must be 1 or 2, not 3; example: 2',
    ]);
    const fault = expect.stringMatching(
      /^egress\.elasticIps: must name as many different Elastic IPs as there are zones/,
    );
    expect(faultsOf({ egress: { kind: 'nat', zones: 2, elasticIps: [elasticIp] } })).toEqual([fault]);
    expect(faultsOf({ egress: { kind: 'nat', zones: 2, elasticIps: [elasticIp, elasticIp] } })).toEqual([fault]);
  });

  it('names what an existing VPC lacks', () => {
    expect(faultsOf({ egress: { kind: 'existing-vpc', vpcId: 'vpc-1', subnetIds: [] } })).toEqual([
      expect.stringMatching(/^egress\.vpcId: must be the id of a VPC, not "vpc-1"/),
      expect.stringMatching(/^egress\.subnetIds: must list ids of private subnets/),
      expect.stringMatching(/^egress\.securityGroupIds: is missing and must list ids of security groups/),
    ]);
  });

  it('refuses a subnet or a security group that stands there twice', () => {
    const egress = {
      kind: 'existing-vpc',
      vpcId: 'vpc-0123456789abcdef0',
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef0'],
      securityGroupIds: ['sg-0123456789abcdef0', 'sg-0123456789abcdef0'],
    };
    expect(faultsOf({ egress })).toEqual([
      expect.stringMatching(/^egress\.subnetIds: .*, each once/),
      expect.stringMatching(/^egress\.securityGroupIds: .*, each once/),
    ]);
  });

  it('refuses a kind that it does not know', () => {
    expect(faultsOf({ egress: { kind: 'proxy' } })).toEqual([
      expect.stringMatching(/^egress\.kind: must be "none", "nat" or "existing-vpc", not "proxy"/),
    ]);
  });
});

describe('what fields demand of one another', () => {
  it('a certificate and a topic are of the region, a permissions boundary is of the partition', () => {
    const foreign = {
      region: 'cn-north-1',
      auth: 'iam',
      domain: { name: 'wechat.example.com', certificateArn },
      alarmTopicArn: 'arn:aws:sns:ap-southeast-1:123456789012:alarms',
      permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
    };
    expect(faultsOf(foreign)).toEqual([
      expect.stringMatching(/^domain\.certificateArn: must be a certificate in the stack's own region; example: /),
      expect.stringMatching(/^alarmTopicArn: must be a topic in the stack's own region; example: /),
      expect.stringMatching(/^permissionsBoundaryArn: must be a policy in the partition of the stack's region; /),
    ]);
  });

  it('messages go to an address or to a topic, not both', () => {
    const alarmTopicArn = 'arn:aws:sns:ap-southeast-1:123456789012:alarms';
    expect(faultsOf({ alarmEmail: 'on-call@example.com', alarmTopicArn })).toEqual([
      expect.stringMatching(/^alarmTopicArn: must be absent when there is an alarmEmail/),
    ]);
  });

  it('a domain is in its hosted zone', () => {
    const hostedZone = { id: 'Z0123456789ABCDEFGHIJ', name: 'ample.com' };
    expect(faultsOf({ domain: { name: 'wechat.example.com', certificateArn, hostedZone } })).toEqual([
      expect.stringMatching(/^domain\.hostedZone: must be the hosted zone that the domain name is in/),
    ]);
  });

  it('is told together with the other faults', () => {
    const faults = faultsOf({
      region: 'cn-north-1',
      pathPrefix: 'x',
      removalPolicy: 'snapshot',
      tags: { 'aws:x': 'y' },
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['pathPrefix', 'removalPolicy', 'tags', 'auth']);
  });
});

describe('each field', () => {
  it.each([
    ['icpApproved', 'yes'],
    ['alarmEmail', 'on call'],
    ['runbookUrl', 'http://git.example.com/runbook.md'],
    ['runbookUrl', 'https://git.example.com/runbook.md#alarm'],
    ['permissionsBoundaryArn', 'developer-boundary'],
    ['alarmTopicArn', 'wechat-gateway-alarms'],
    ['auth', 'none'],
    ['tags', { 'cost-centre': 4711 }],
    ['tags', ['cost-centre']],
    ['domain', 'wechat.example.com'],
    ['logRetentionDays', 31],
  ])('%s refuses %j with its reason and an example', (field, value) => {
    expect(faultsOf({ [field]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${field}: must be .*; example: `)),
    ]);
  });

  it('has an example that is right', () => {
    const wrong = Object.entries(ENVIRONMENT_FIELDS).flatMap(([path, { example }]) => {
      // Fields of fields are right in the examples of the fields that hold them.
      if (path.includes('.')) return [];
      const value: unknown = JSON.parse(example);
      return faultsOf({ [path]: value });
    });
    expect(wrong).toEqual([]);
  });

  it('has an example that is JSON', () => {
    for (const { example } of Object.values(ENVIRONMENT_FIELDS)) expect(() => JSON.parse(example)).not.toThrow();
  });
});

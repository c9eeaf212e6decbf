import { describe, expect, it } from 'vitest';
import { propertiesOf, RETAINED, resourcesOf } from './resources.ts';
import { exampleTemplate } from './synthesise.ts';

const everyFunction = (properties: object) => Array.from({ length: 5 }, () => properties);
const egressAddresses = (egress: unknown) => exampleTemplate({ egress }).findOutputs('EgressAddresses');

describe('egress none', () => {
  it('needs no VPC', () => {
    const none = { egress: 'none' };
    expect(propertiesOf('AWS::EC2::VPC', none)).toEqual([]);
    expect(propertiesOf('AWS::Lambda::Function', none).filter((properties) => 'VpcConfig' in properties)).toEqual([]);
    expect(egressAddresses('none')).toEqual({});
  });
});

describe('egress nat', () => {
  const nat = { egress: 'nat' };

  it('is one NAT gateway whose address is kept when the stack goes, with a free way to DynamoDB', () => {
    expect(resourcesOf('AWS::EC2::EIP', nat)).toMatchObject([RETAINED]);
    expect(propertiesOf('AWS::EC2::NatGateway', nat)).toMatchObject([
      { AllocationId: { 'Fn::GetAtt': ['EgressElasticIp8344C513', 'AllocationId'] } },
    ]);
    expect(propertiesOf('AWS::EC2::VPCEndpoint', nat)).toMatchObject([{ VpcEndpointType: 'Gateway' }]);
    expect(propertiesOf('AWS::Lambda::Function', nat)).toMatchObject(everyFunction({ VpcConfig: expect.anything() }));
  });

  it('lets nothing in, and only HTTPS out', () => {
    const [group] = propertiesOf('AWS::EC2::SecurityGroup', nat);
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(group).toMatchObject({ SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }] });
  });

  it('with two zones has two of them, and the address that there was already stays', () => {
    const two = { egress: { kind: 'nat', zones: 2 } };
    expect(resourcesOf('AWS::EC2::EIP', two)).toMatchObject([RETAINED, RETAINED]);
    const allocations = propertiesOf('AWS::EC2::NatGateway', two).map(({ AllocationId }) => AllocationId);
    expect(allocations).toEqual([
      { 'Fn::GetAtt': ['EgressElasticIp8344C513', 'AllocationId'] },
      { 'Fn::GetAtt': [expect.stringMatching(/^EgressElasticIp2/), 'AllocationId'] },
    ]);
    expect(JSON.stringify(egressAddresses(two.egress))).toMatch(/ElasticIp8344C513.*ElasticIp2/);
    // A way out per zone: no zone's functions leave through the other's gateway.
    const routes = propertiesOf('AWS::EC2::Route', two).flatMap(({ NatGatewayId }) => NatGatewayId ?? []);
    expect(new Set(routes.map((id) => JSON.stringify(id))).size).toBe(2);
  });

  it('takes up the addresses that an earlier stack left behind, and makes none', () => {
    const elasticIps = [
      { allocationId: 'eipalloc-0123456789abcdef0', address: '203.0.113.7' },
      { allocationId: 'eipalloc-0123456789abcdef1', address: '203.0.113.8' },
    ];
    const kept = { egress: { kind: 'nat', zones: 2, elasticIps } };
    expect(resourcesOf('AWS::EC2::EIP', kept)).toEqual([]);
    expect(propertiesOf('AWS::EC2::NatGateway', kept)).toMatchObject([
      { AllocationId: 'eipalloc-0123456789abcdef0' },
      { AllocationId: 'eipalloc-0123456789abcdef1' },
    ]);
    expect(egressAddresses(kept.egress)).toMatchObject({ EgressAddresses: { Value: '203.0.113.7,203.0.113.8' } });
  });
});

describe('egress existing-vpc', () => {
  const existing = {
    kind: 'existing-vpc',
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    securityGroupIds: ['sg-0123456789abcdef0'],
  };

  it('puts every function into the named subnets and groups, and makes nothing in the VPC', () => {
    const { subnetIds: SubnetIds, securityGroupIds: SecurityGroupIds } = existing;
    expect(propertiesOf('AWS::Lambda::Function', { egress: existing })).toMatchObject(
      everyFunction({ VpcConfig: { SubnetIds, SecurityGroupIds } }),
    );
    const resources = JSON.stringify(exampleTemplate({ egress: existing }).toJSON());
    expect(resources).not.toContain('AWS::EC2::');
  });

  it('puts out the addresses that the stage names for it', () => {
    expect(egressAddresses(existing)).toEqual({});
    expect(egressAddresses({ ...existing, addresses: ['203.0.113.7'] })).toMatchObject({
      EgressAddresses: { Value: '203.0.113.7' },
    });
  });
});

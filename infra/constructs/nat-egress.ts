import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  CfnEIP,
  GatewayVpcEndpointAwsService,
  type IVpc,
  NatProvider,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Egress, FunctionPlacement } from './egress.ts';

/** How many NAT gateways, and by which addresses. */
export interface NatEgressProps {
  readonly zones: 1 | 2;
  /** One per zone; empty: the stack makes its own. */
  readonly elasticIps: readonly ElasticIp[];
  /** Of the Elastic IPs that the stack makes. */
  readonly removalPolicy: RemovalPolicy;
}

/** An Elastic IP, by its id and by the address itself. */
interface ElasticIp {
  readonly allocationId: string;
  readonly address: string;
}

/**
 * The way to WeChat through NAT gateways with an Elastic IP each: the addresses that go into WeChat's IP allow-list. They outlive the stack,
 * because a new address is refused (40164) until an operator has allowed it. DynamoDB is reached without the NAT gateway, which is free.
 */
export class NatEgress extends Construct implements Egress {
  readonly addresses: readonly string[];
  readonly natGatewayIds: readonly string[];
  readonly placement: FunctionPlacement;

  constructor(scope: Construct, id: string, { zones, elasticIps, removalPolicy }: NatEgressProps) {
    super(scope, id);
    const used = elasticIps.length > 0 ? elasticIps : this.makeElasticIps(zones, removalPolicy);
    const gateways = NatProvider.gateway({ eipAllocationIds: used.map(({ allocationId }) => allocationId) });
    const created = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: zones,
      natGatewayProvider: gateways,
      gatewayEndpoints: { DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false, cidrMask: 24 },
        { name: 'Functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      ],
      // Nothing uses the default group. Emptying it would take one more function, with a role that may change security groups.
      restrictDefaultSecurityGroup: false,
    });
    // The library's class declares `vpnGatewayId` as possibly undefined, its own interface as optional: not the same to our compiler.
    const vpc = created as IVpc;
    this.natGatewayIds = gateways.configuredGateways.map(({ gatewayId }) => gatewayId);
    this.addresses = used.map(({ address }) => address);
    this.placement = {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [this.httpsOnly(vpc)],
    };
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason:
        'Only the functions are in this VPC, nothing can connect to them, and each call they make is in their own logs.',
    });
  }

  // The first one's id has no number: with a second zone it stays the address that is in WeChat's allow-list already.
  private makeElasticIps(zones: 1 | 2, removalPolicy: RemovalPolicy): readonly ElasticIp[] {
    return ['ElasticIp', 'ElasticIp2'].slice(0, zones).map((id) => {
      const elasticIp = new CfnEIP(this, id, { domain: 'vpc' });
      elasticIp.applyRemovalPolicy(removalPolicy);
      return { allocationId: elasticIp.attrAllocationId, address: elasticIp.attrPublicIp };
    });
  }

  // Names are resolved by the VPC's own resolver, which security groups do not filter.
  private httpsOnly(vpc: IVpc): SecurityGroup {
    const group = new SecurityGroup(this, 'HttpsOnly', {
      vpc,
      description: 'Functions: HTTPS out, nothing in',
      allowAllOutbound: false,
    });
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'WeChat and AWS APIs');
    return group;
  }
}

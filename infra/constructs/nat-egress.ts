import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
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
import { Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** Where a function's network interfaces are. */
export type FunctionPlacement = Required<Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>>;

// What Lambda needs of a function's role to attach it to a VPC (AWS Lambda Developer Guide, "Giving Lambda functions access to resources in
// an Amazon VPC").
const NETWORK_INTERFACE_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * The way to WeChat through one NAT gateway with one Elastic IP: the address that goes into WeChat's IP allow-list. It outlives the stack,
 * because a new address is refused (40164) until an operator has allowed it. DynamoDB is reached without the NAT gateway, which is free.
 */
export class NatEgress extends Construct {
  /** The fixed outgoing addresses, known after the deploy. */
  readonly addresses: readonly string[];
  readonly placement: FunctionPlacement;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const elasticIp = new CfnEIP(this, 'ElasticIp', { domain: 'vpc' });
    elasticIp.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const created = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      natGatewayProvider: NatProvider.gateway({ eipAllocationIds: [elasticIp.attrAllocationId] }),
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
    this.addresses = [elasticIp.attrPublicIp];
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

  /**
   * Lets Lambda, but not the function's own code, manage the network interfaces of the function that has this role.
   */
  grantAttachment(role: IRole): void {
    const everyFunctionHere = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // EC2's descriptions take no resource, and the interfaces do not exist yet: there is nothing narrower to name.
    const statement = { actions: NETWORK_INTERFACE_ACTIONS, resources: ['*'] };
    role.addToPrincipalPolicy(new PolicyStatement(statement));
    // Lambda's own calls carry no source function; those of the code do (same guide, "Security best practices").
    role.addToPrincipalPolicy(
      new PolicyStatement({
        ...statement,
        effect: Effect.DENY,
        conditions: { ArnLike: { 'lambda:SourceFunctionArn': everyFunctionHere } },
      }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Lambda itself creates the network interfaces: no ARN is known, descriptions take none, and the code of the function is denied them.',
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

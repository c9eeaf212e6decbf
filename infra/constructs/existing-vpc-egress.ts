import { Validations } from 'aws-cdk-lib';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Egress, FunctionPlacement } from './egress.ts';

/** Which VPC, and where in it. All of it exists already. */
export interface ExistingVpcEgressProps {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** The addresses by which the VPC is seen from outside. */
  readonly addresses: readonly string[];
}

/** The way to WeChat through a VPC that is not the stack's: nothing in it is made or changed, and nothing is looked up at synth. */
export class ExistingVpcEgress extends Construct implements Egress {
  readonly addresses: readonly string[];
  readonly natGatewayIds: readonly string[] = [];
  readonly placement: FunctionPlacement;

  constructor(scope: Construct, id: string, props: ExistingVpcEgressProps) {
    super(scope, id);
    this.addresses = props.addresses;
    this.placement = {
      // A function names subnets and security groups only. The library wants a zone all the same, and never uses it.
      vpc: Vpc.fromVpcAttributes(this, 'Vpc', { vpcId: props.vpcId, availabilityZones: ['unused'] }),
      vpcSubnets: { subnets: props.subnetIds.map((subnetId) => Subnet.fromSubnetId(this, subnetId, subnetId)) },
      securityGroups: props.securityGroupIds.map((groupId) =>
        SecurityGroup.fromSecurityGroupId(this, groupId, groupId, { mutable: false }),
      ),
    };
    Validations.of(this).acknowledge({
      id: '@aws-cdk/aws-ec2:noSubnetRouteTableId',
      reason: 'Nothing is added to the routes of a VPC that is not ours, so its route tables need not be known.',
    });
  }
}

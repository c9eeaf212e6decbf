import type { RemovalPolicy } from 'aws-cdk-lib';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { StageEgress } from '../environment-egress.ts';
import { ExistingVpcEgress } from './existing-vpc-egress.ts';
import { NatEgress } from './nat-egress.ts';

/** A way to WeChat through a VPC. */
export interface Egress {
  /** The fixed outgoing addresses, some known only after the deploy; empty when nobody has said. */
  readonly addresses: readonly string[];
  /** The NAT gateways that are the stack's own; empty for another's. */
  readonly natGatewayIds: readonly string[];
  /** Where a function's network interfaces are. */
  readonly placement: FunctionPlacement;
}

/** What a function needs to be placed in a VPC. */
export type FunctionPlacement = Required<Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>>;

/** The way out that a stage names; `undefined` when the functions leave by Lambda's own addresses. */
export function egressOf(
  scope: Construct,
  id: string,
  egress: StageEgress,
  removalPolicy: RemovalPolicy,
): Egress | undefined {
  switch (egress.kind) {
    case 'none':
      return undefined;
    case 'nat':
      return new NatEgress(scope, id, { ...egress, removalPolicy });
    case 'existing-vpc':
      return new ExistingVpcEgress(scope, id, egress);
  }
}

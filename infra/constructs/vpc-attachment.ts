import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';

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

/** Lets Lambda, but not the function's own code, manage the network interfaces of the function that has this role. */
export function grantVpcAttachment(role: IRole): void {
  const everyFunctionHere = Stack.of(role).formatArn({
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

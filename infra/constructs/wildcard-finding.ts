import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** cdk-nag's name for the finding that a policy names a resource by a pattern, to acknowledge exactly that one. */
export function wildcardFinding(holder: Construct, resource: string): string {
  return `AwsSolutions-IAM5[Resource::${resource.replace(Stack.of(holder).account, '<AWS::AccountId>')}]`;
}

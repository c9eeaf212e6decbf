import { Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { StageFirewalls } from '../environment-firewalls.ts';

/**
 * Lets a role read and change exactly the prefix lists and IP sets that the stage names; nothing when it names none. The one thing that AWS
 * cannot limit to a list is describing prefix lists (Service Authorization Reference, Amazon EC2).
 */
export function grantFirewalls(role: IRole, firewalls: StageFirewalls | undefined): void {
  const { prefixLists = [], wafIpSets = [] } = firewalls ?? {};
  if (prefixLists.length > 0) grantPrefixLists(role, prefixLists);
  if (wafIpSets.length > 0) grantIpSets(role, wafIpSets);
}

function grantPrefixLists(role: IRole, prefixLists: StageFirewalls['prefixLists']): void {
  const stack = Stack.of(role);
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['ec2:GetManagedPrefixListEntries', 'ec2:ModifyManagedPrefixList'],
      resources: prefixLists.map(({ id }) =>
        stack.formatArn({ service: 'ec2', resource: 'prefix-list', resourceName: id }),
      ),
    }),
  );
  role.addToPrincipalPolicy(new PolicyStatement({ actions: ['ec2:DescribeManagedPrefixLists'], resources: ['*'] }));
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'ec2:DescribeManagedPrefixLists cannot be limited to a list; it shows names, sizes and versions only.',
  });
}

function grantIpSets(role: IRole, wafIpSets: StageFirewalls['wafIpSets']): void {
  const stack = Stack.of(role);
  const arns = wafIpSets.map(({ scope, name, id }) =>
    stack.formatArn({
      service: 'wafv2',
      resource: scope === 'CLOUDFRONT' ? 'global' : 'regional',
      resourceName: `ipset/${name}/${id}`,
      ...(scope === 'CLOUDFRONT' ? { region: 'us-east-1' } : {}),
    }),
  );
  role.addToPrincipalPolicy(new PolicyStatement({ actions: ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'], resources: arns }));
}

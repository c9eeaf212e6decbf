import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { wildcardFinding } from './wildcard-finding.ts';

/** What comes before the app ID in the names of a stage's secrets. */
export function secretPrefixOf(stage: string): string {
  return `wechat-gateway/${stage}/`;
}

/** The ARNs of all app secrets of a stage, which the operator adds at run time: only their common prefix is known here. */
export function appSecretsArn(scope: Construct, stage: string): string {
  return Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secretPrefixOf(stage)}*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Lets a role read the app secrets of the stage's accounts. */
export function grantReadAppSecrets(role: IRole, stage: string): void {
  const resource = appSecretsArn(role, stage);
  role.addToPrincipalPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [resource] }));
  acknowledgeAppSecrets(role, resource);
}

/** Says to cdk-nag why the ARN ends in a pattern. */
export function acknowledgeAppSecrets(holder: Construct, resource: string): void {
  Validations.of(holder).acknowledge({
    id: wildcardFinding(holder, resource),
    reason:
      "Accounts are added at run time; their secrets' names share this stage's prefix and end in characters that AWS chooses.",
  });
}

import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { AWS_ACCOUNT } from './aws-environment.ts';

const STACK = 'people';
const CEILING_S = 60;

/** A role that somebody has taken on. */
export interface AssumedRole {
  /** The role's unique id. */
  readonly roleId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The roles of the company that the stage is deployed for. */
export interface People {
  /** Has the stage's policy for operators and nothing else. */
  readonly operator: AssumedRole;
  /** Runs an app: may come in by the door `iam`, and nothing else. */
  readonly app: AssumedRole;
  /** The same, but no caller is mapped to it. */
  readonly stranger: AssumedRole;
}

/** Makes the roles and takes them on. @throws {Error} when the stage lacks the outputs that they need */
export async function hirePeople(outputs: ReadonlyMap<string, string>): Promise<People> {
  const client = new CloudFormationClient();
  const TemplateBody = JSON.stringify(
    templateOf(needed(outputs, 'OperatorPolicyArn'), needed(outputs, 'IamInvokeArn')),
  );
  await client.send(new CreateStackCommand({ StackName: STACK, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }));
  await waitUntilStackCreateComplete({ client, maxWaitTime: CEILING_S, minDelay: 1 }, { StackName: STACK });
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: STACK }));
  const made = Stacks?.[0]?.Outputs ?? [];
  const values = new Map(made.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  const assumed = (name: string) => assume(needed(values, `${name}Arn`), needed(values, `${name}Id`));
  const [operator, app, stranger] = await Promise.all([assumed('Operator'), assumed('App'), assumed('Stranger')]);
  return { operator, app, stranger };
}

/** The environment of a program that acts in a role. */
export function credentialsOf({ accessKeyId, secretAccessKey, sessionToken }: AssumedRole): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

function templateOf(operatorPolicyArn: string, iamInvokeArn: string): object {
  const invoke = statementsOf({ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: iamInvokeArn });
  const roles = {
    Operator: { ManagedPolicyArns: [operatorPolicyArn] },
    App: { Policies: [{ PolicyName: 'call', PolicyDocument: invoke }] },
    Stranger: { Policies: [{ PolicyName: 'call', PolicyDocument: invoke }] },
  };
  const Principal = { AWS: `arn:aws:iam::${AWS_ACCOUNT}:root` };
  const trust = statementsOf({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal });
  const resources = Object.entries(roles).map(([name, policies]) => [
    name,
    { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust, ...policies } },
  ]);
  const outputs = Object.keys(roles).flatMap((name) => [
    [`${name}Arn`, { Value: { 'Fn::GetAtt': [name, 'Arn'] } }],
    [`${name}Id`, { Value: { 'Fn::GetAtt': [name, 'RoleId'] } }],
  ]);
  return { Resources: Object.fromEntries(resources), Outputs: Object.fromEntries(outputs) };
}

function statementsOf(statement: object): object {
  return { Version: '2012-10-17', Statement: [statement] };
}

async function assume(roleArn: string, roleId: string): Promise<AssumedRole> {
  const assumeRole = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'rehearsal' });
  const { Credentials } = await new STSClient().send(assumeRole);
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { roleId, accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

function needed(values: ReadonlyMap<string, string>, name: string): string {
  const value = values.get(name);
  if (value === undefined) throw new Error(`there is no output ${name}`);
  return value;
}

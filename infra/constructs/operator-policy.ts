import { Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledgeAppSecrets, appSecretsArn } from './app-secrets.ts';
import type { GatewayFunction } from './gateway-function.ts';
import type { GatewayTable } from './gateway-table.ts';
import type { ScheduledInvocation } from './scheduled-invocation.ts';
import { wildcardFinding } from './wildcard-finding.ts';

/** What of a stage operators work on. */
export interface OperatorPolicyProps {
  readonly stage: string;
  readonly table: GatewayTable;
  /** The functions that operators run. */
  readonly invoked: readonly GatewayFunction[];
  readonly schedules: readonly ScheduledInvocation[];
  readonly logs: readonly LogGroup[];
}

const SECRET_ACTIONS = ['CreateSecret', 'DeleteSecret', 'DescribeSecret', 'PutSecretValue', 'RestoreSecret'];

/**
 * What the operator's command line needs on one stage and nothing that deploying needs: to be attached to the roles or groups of people. It
 * writes app secrets and cannot read them, but it reads the table, which holds the access tokens.
 */
export class OperatorPolicy extends ManagedPolicy {
  constructor(scope: Construct, id: string, props: OperatorPolicyProps) {
    const { stage, table, invoked, schedules, logs } = props;
    super(scope, id, {
      description: `Operates the WeChat gateway, stage ${stage}: accounts, callers, secrets, logs. For the operator's command line.`,
    });
    const secrets = appSecretsArn(this, stage);
    const { stackName } = Stack.of(this);
    // By its name: a stack that is deleted and made again has another id.
    const stackArn = Stack.of(this).formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `${stackName}/*`,
    });
    this.allow(SECRET_ACTIONS, 'secretsmanager', [secrets]);
    this.addStatements(...table.operatorStatements());
    this.allow(
      ['InvokeFunction'],
      'lambda',
      invoked.map(({ lambda }) => lambda.functionArn),
    );
    this.allow(['DescribeStacks'], 'cloudformation', [stackArn]);
    this.allow(
      ['FilterLogEvents'],
      'logs',
      logs.map(({ logGroupArn }) => logGroupArn),
    );
    this.allow(
      ['GetSchedule'],
      'scheduler',
      schedules.map(({ scheduleArn }) => scheduleArn),
    );
    this.allow(['DescribeAlarmHistory', 'DescribeAlarms'], 'cloudwatch', ['*']);
    acknowledgeAppSecrets(this, secrets);
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'Alarms are found by the beginning of their names, which CloudWatch cannot limit to some of them.',
      },
      {
        id: wildcardFinding(this, stackArn),
        reason: "The pattern stands for the stack's id, which is another one each time that the stack is made.",
      },
    );
  }

  private allow(actions: readonly string[], service: string, resources: string[]): void {
    this.addStatements(new PolicyStatement({ actions: actions.map((action) => `${service}:${action}`), resources }));
  }
}

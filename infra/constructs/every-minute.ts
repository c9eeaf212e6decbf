import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

/**
 * Invokes a function every minute with the event `{}`.
 *
 * Nothing is caught up: the next minute's invocation does all that a lost one would have done, and one that comes late only adds to it. There
 * are two queues to hold back. EventBridge Scheduler by itself retries a delivery 185 times over 24 hours; here twice, within a minute. It invokes
 * asynchronously, so Lambda too would run a failed invocation twice more and hold a throttled one for 6 hours; here never, and for a minute. What
 * either gives up on goes to the dead-letter queue, where it is not for replay: its only use is to be counted.
 * (EventBridge Scheduler User Guide, "Managing a schedule"; AWS Lambda Developer Guide, "Error handling for asynchronous invocation".)
 */
export class EveryMinute extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, target: GatewayFunction) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'This is a dead-letter queue.' });
    target.lambda.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
      onFailure: { bind: () => ({ destination: this.deadLetters.queueArn }) },
    });
    this.grantSendDeadLetters(target.role);
    const role = this.roleToInvoke(target);
    new CfnSchedule(this, 'Schedule', {
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.lambda.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 60 },
        deadLetterConfig: { arn: this.deadLetters.queueArn },
      },
    });
  }

  private roleToInvoke(target: GatewayFunction): Role {
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      // Only schedules of this AWS account's default group (EventBridge Scheduler User Guide, "Confused deputy prevention").
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com').withConditions({
        StringEquals: {
          'aws:SourceAccount': stack.account,
          'aws:SourceArn': stack.formatArn({
            service: 'scheduler',
            resource: 'schedule-group',
            resourceName: 'default',
          }),
        },
      }),
    });
    target.grantInvokeBy(role);
    this.grantSendDeadLetters(role);
    return role;
  }

  private grantSendDeadLetters(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }),
    );
  }
}

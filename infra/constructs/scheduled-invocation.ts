import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

/** When a function is invoked, and how often when that fails. */
export interface ScheduledInvocationProps {
  readonly target: GatewayFunction;
  /** What follows the stack's name in the schedule's. */
  readonly name: string;
  /** EventBridge Scheduler's `rate(...)` or `cron(...)`. */
  readonly expression: string;
  /** An IANA name; absent: UTC. */
  readonly timezone?: string;
  /** The invocation comes at some moment in so many minutes. Absent: at once. */
  readonly windowMinutes?: number;
  /** How often Lambda runs a failed invocation again. */
  readonly retries: number;
  /** After this nobody tries any more, neither the scheduler nor Lambda. */
  readonly maximumAge: Duration;
}

const DELIVERY_RETRIES = 2;

/**
 * Invokes a function by a schedule with the event `{}`.
 *
 * There are two queues to hold back. EventBridge Scheduler by itself retries a delivery 185 times over 24 hours, and it invokes asynchronously,
 * so Lambda too would run a failed invocation twice more and hold a throttled one for 6 hours. What either gives up on goes to the dead-letter
 * queue, where it is not for replay: its only use is to be counted.
 * (EventBridge Scheduler User Guide, "Managing a schedule"; AWS Lambda Developer Guide, "Error handling for asynchronous invocation".)
 */
export class ScheduledInvocation extends Construct {
  readonly deadLetters: Queue;
  readonly scheduleName: string;
  readonly scheduleArn: string;

  constructor(scope: Construct, id: string, props: ScheduledInvocationProps) {
    super(scope, id);
    const { target, name, expression, timezone, windowMinutes, retries, maximumAge } = props;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const reason = 'This is a dead-letter queue.';
    Validations.of(this.deadLetters).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );
    target.lambda.configureAsyncInvoke({
      retryAttempts: retries,
      maxEventAge: maximumAge,
      onFailure: { bind: () => ({ destination: this.deadLetters.queueArn }) },
    });
    this.grantSendDeadLetters(target.role);
    const role = this.roleToInvoke(target);
    // Chosen here and not by CloudFormation, so that operators know it by sight; 64 characters at most.
    this.scheduleName = `${Stack.of(this).stackName}-${name}`;
    this.scheduleArn = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `default/${this.scheduleName}`,
    });
    new CfnSchedule(this, 'Schedule', {
      name: this.scheduleName,
      scheduleExpression: expression,
      ...(timezone !== undefined && { scheduleExpressionTimezone: timezone }),
      flexibleTimeWindow:
        windowMinutes === undefined ? { mode: 'OFF' } : { mode: 'FLEXIBLE', maximumWindowInMinutes: windowMinutes },
      target: {
        arn: target.lambda.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: {
          maximumRetryAttempts: DELIVERY_RETRIES,
          maximumEventAgeInSeconds: maximumAge.toSeconds(),
        },
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

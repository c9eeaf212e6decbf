import { Duration, Validations } from 'aws-cdk-lib';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { LogSource } from '#shared/alarm/alarm.ts';
import { alarmName } from '#shared/alarm/alarm-catalogue.ts';
import { logGroupsText } from '#shared/alarm/log-groups.ts';
import { sendAlarmNoticeSettings } from '../../functions/send-alarm-notice/settings.ts';
import { MEMORY_SIZES_MIB } from '../memory-sizes.ts';
import { environmentOf } from './function-environment.ts';
import { type FunctionSurroundings, GatewayFunction } from './gateway-function.ts';
import type { NoticeTopic } from './notice-topic.ts';

/** What the function reads and writes. */
export interface SendAlarmNoticeSurroundings extends FunctionSurroundings {
  readonly notices: NoticeTopic;
  readonly logGroups: Readonly<Partial<Record<LogSource, LogGroup>>>;
}

const RETRIES = 2;
const MAXIMUM_AGE = Duration.hours(1);

/**
 * `send-alarm-notice`, with what it may do, and the rule by which it hears of the stage's alarms. A change that it could not write about goes to the topic as it is.
 */
export class SendAlarmNotice extends GatewayFunction {
  constructor(scope: Construct, id: string, surroundings: SendAlarmNoticeSurroundings, bundleDirectory: string) {
    const { stage, environment, table, notices, logGroups } = surroundings;
    // Outside of the VPC: when the way to WeChat is broken, people must hear of it.
    super(
      scope,
      id,
      { ...surroundings, egress: undefined },
      {
        description: 'Writes to people when an alarm goes on or off',
        bundleDirectory,
        variables: environmentOf(sendAlarmNoticeSettings, {
          tableName: table.tableName,
          stage,
          topicArn: notices.topic.topicArn,
          logGroups: logGroupsText(
            Object.fromEntries(Object.entries(logGroups).map(([source, { logGroupName }]) => [source, logGroupName])),
          ),
          runbook: environment.runbookUrl ?? '',
        }),
        // Looking through the logs takes up to two thirds of it.
        timeout: Duration.minutes(2),
        memorySizeMiB: MEMORY_SIZES_MIB['send-alarm-notice'],
      },
    );
    table.grantReadItems(this.role, 'account');
    notices.grantPublish(this.role);
    this.role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['logs:FilterLogEvents'],
        resources: Object.values(logGroups).map(({ logGroupArn }) => logGroupArn),
      }),
    );
    this.lambda.configureAsyncInvoke({
      retryAttempts: RETRIES,
      maxEventAge: MAXIMUM_AGE,
      onFailure: { bind: () => ({ destination: notices.topic.topicArn }) },
    });
    this.hearOfAlarms(stage);
  }

  private hearOfAlarms(stage: string): void {
    const rule = new Rule(this, 'AlarmStateChanges', {
      description: `Alarms of the WeChat gateway's stage ${stage}`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        // All names are more than a pattern may hold; the function passes over those of a stage whose name begins like this one's.
        detail: { alarmName: Match.prefix(alarmName(stage, { id: '' })) },
      },
      targets: [new LambdaTarget(this.lambda, { retryAttempts: RETRIES, maxEventAge: MAXIMUM_AGE })],
    });
    Validations.of(rule).acknowledge({
      id: 'Serverless-EventBusDLQ',
      reason:
        'The alarm itself stays in CloudWatch, and what the function cannot write about goes to the topic: a queue would be read by nobody.',
    });
  }
}

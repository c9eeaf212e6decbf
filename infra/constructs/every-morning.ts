import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';
import { ScheduledInvocation } from './scheduled-invocation.ts';

/**
 * Invokes a function once a day with the event `{}`, at some moment between seven and eight in the morning where WeChat is: not with everybody
 * else, and before people are at work who have to look at what it brings. A day is long, so what fails is tried twice more within the hour.
 * (EventBridge Scheduler User Guide, "Configuring flexible time windows".)
 */
export class EveryMorning extends ScheduledInvocation {
  constructor(scope: Construct, id: string, target: GatewayFunction, name: string) {
    super(scope, id, {
      target,
      name,
      expression: 'cron(0 7 * * ? *)',
      timezone: 'Asia/Shanghai',
      windowMinutes: 60,
      retries: 2,
      maximumAge: Duration.hours(1),
    });
  }
}

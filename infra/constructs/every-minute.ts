import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';
import { ScheduledInvocation } from './scheduled-invocation.ts';

/**
 * Invokes a function every minute with the event `{}`.
 *
 * Nothing is caught up: the next minute's invocation does all that a lost one would have done, and one that comes late only adds to it. So a failed
 * invocation is never run again, and nothing waits for longer than a minute.
 */
export class EveryMinute extends ScheduledInvocation {
  constructor(scope: Construct, id: string, target: GatewayFunction, name: string) {
    super(scope, id, { target, name, expression: 'rate(1 minute)', retries: 0, maximumAge: Duration.minutes(1) });
  }
}

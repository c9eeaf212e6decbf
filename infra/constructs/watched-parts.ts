import type { ScheduledFunction, WatchedFunction } from '#shared/alarm/alarm.ts';
import type { GatewayFunction } from './gateway-function.ts';
import type { HttpDoor } from './http-door.ts';
import type { ScheduledInvocation } from './scheduled-invocation.ts';

/** The parts of a stage that its alarms and its dashboard look at. */
export interface WatchedParts {
  readonly stage: string;
  /** Without `send-alarm-notice` there are no notices, and no alarms about them. */
  readonly functions: Readonly<Record<Exclude<WatchedFunction, 'send-alarm-notice'>, GatewayFunction>> & {
    readonly 'send-alarm-notice'?: GatewayFunction | undefined;
  };
  readonly schedules: Readonly<Record<ScheduledFunction, ScheduledInvocation>>;
  readonly door: HttpDoor;
  /** Empty where the stack has none. */
  readonly natGatewayIds: readonly string[];
}

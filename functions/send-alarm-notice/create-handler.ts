import middy from '@middy/core';
import { parseAlarmEvent } from '#shared/alarm/alarm-change.ts';
import { type TellAlarmDependencies, tellAlarm } from '#shared/alarm/tell-alarm.ts';

/**
 * Writes to people when one of the stage's alarms goes on or off: an EventBridge event in, a message to the topic out. EventBridge may deliver a
 * change twice, and then two messages go out.
 * @throws for an event that is none of CloudWatch's about alarms, and when the topic does not take the message, so that Lambda tries again
 */
export function createHandler(dependencies: TellAlarmDependencies) {
  return middy(async (event: unknown): Promise<void> => {
    const change = parseAlarmEvent(event);
    if (change !== undefined) await tellAlarm(dependencies, change);
  });
}

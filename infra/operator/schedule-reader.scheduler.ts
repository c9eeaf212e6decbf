import { GetScheduleCommand, ResourceNotFoundException, SchedulerClient } from '@aws-sdk/client-scheduler';
import { CLIENT_SETTINGS } from './client-settings.ts';
import type { ScheduleReader } from './schedule-reader.ts';

/** {@link ScheduleReader} of EventBridge Scheduler (https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html). */
export function createSchedulerScheduleReader(): ScheduleReader {
  const client = new SchedulerClient(CLIENT_SETTINGS);
  return {
    async read(name) {
      try {
        const { State, ScheduleExpression = '' } = await client.send(new GetScheduleCommand({ Name: name }));
        return { enabled: State === 'ENABLED', expression: ScheduleExpression };
      } catch (error) {
        // Somebody has deleted it, which the caller says.
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
  };
}

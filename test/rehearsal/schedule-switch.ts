import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';

/** Disables or enables a schedule as somebody does in the console: everything else stays. */
export async function switchSchedule(name: string, state: 'ENABLED' | 'DISABLED'): Promise<void> {
  const client = new SchedulerClient();
  const { ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target } = await client.send(
    new GetScheduleCommand({ Name: name }),
  );
  await client.send(
    new UpdateScheduleCommand({
      Name: name,
      ScheduleExpression,
      ScheduleExpressionTimezone,
      FlexibleTimeWindow,
      Target,
      State: state,
    }),
  );
}

import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SchedulesStandIn, startSchedulesStandIn } from '../../infra/local/schedules-stand-in.ts';

const WHOLE = {
  ScheduleExpression: 'rate(1 minute)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:x', RoleArn: 'arn:aws:iam::000000000000:role/x' },
} as const;

describe('the stand-in for EventBridge Scheduler, to the SDK’s client', () => {
  let schedules: SchedulesStandIn;
  let client: SchedulerClient;
  beforeEach(async () => {
    schedules = await startSchedulesStandIn({ every: 'rate(1 minute)' });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    client = new SchedulerClient({ region: 'us-east-1', credentials, endpoint: schedules.endpoint });
  });
  afterEach(() => schedules.close());

  it('has the schedules that it was started with, enabled', async () => {
    const found = await client.send(new GetScheduleCommand({ Name: 'every' }));
    expect(found).toMatchObject({ Name: 'every', State: 'ENABLED', ScheduleExpression: 'rate(1 minute)' });
    expect(schedules.isEnabled('every')).toBe(true);
  });

  it('disables and enables one by an update', async () => {
    await client.send(new UpdateScheduleCommand({ ...WHOLE, Name: 'every', State: 'DISABLED' }));
    expect(schedules.isEnabled('every')).toBe(false);
    expect(await client.send(new GetScheduleCommand({ Name: 'every' }))).toMatchObject({ State: 'DISABLED' });
    // As on AWS: what an update does not name goes back to what it is by default.
    await client.send(new UpdateScheduleCommand({ ...WHOLE, Name: 'every' }));
    expect(schedules.isEnabled('every')).toBe(true);
  });

  it('says that it does not have another', async () => {
    await expect(client.send(new GetScheduleCommand({ Name: 'other' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect(schedules.isEnabled('other')).toBe(false);
  });
});

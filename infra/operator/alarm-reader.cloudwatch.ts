import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import * as v from 'valibot';
import { alarmName } from '#shared/alarm/alarm-catalogue.ts';
import type { AlarmReader, AlarmState } from './alarm-reader.ts';
import { CLIENT_SETTINGS } from './client-settings.ts';

/** What CloudWatch keeps of a change of state, as JSON in `HistoryData`. */
const historyData = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ oldState: v.object({ stateValue: v.string() }), newState: v.object({ stateValue: v.string() }) }),
);

/**
 * {@link AlarmReader} of CloudWatch (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html). An alarm is OK too once
 * its first data have come, so what went off is asked of its history.
 * @param stage whose alarms
 */
export function createCloudWatchAlarmReader(stage: string): AlarmReader {
  const client = new CloudWatchClient(CLIENT_SETTINGS);
  const wentOff = async ({ AlarmName = '' }: MetricAlarm, since: number): Promise<readonly AlarmState[]> => {
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({
        AlarmName,
        HistoryItemType: 'StateUpdate',
        StartDate: new Date(since),
        ScanBy: 'TimestampDescending',
      }),
    );
    const last = AlarmHistoryItems.find(({ HistoryData }) => leftAlarm(HistoryData));
    if (last?.Timestamp === undefined) return [];
    return [{ name: AlarmName, state: 'off', since: last.Timestamp.getTime(), reason: last.HistorySummary ?? '' }];
  };
  return {
    async read(since) {
      const alarms: MetricAlarm[] = [];
      const input = { AlarmNamePrefix: alarmName(stage, { id: '' }) };
      for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, input)) alarms.push(...MetricAlarms);
      const on = alarms.filter(({ StateValue }) => StateValue === 'ALARM').map(stateOf);
      const changed = alarms.filter((alarm) => alarm.StateValue !== 'ALARM' && changedAt(alarm) >= since);
      const off = await Promise.all(changed.map((alarm) => wentOff(alarm, since)));
      return [...on, ...off.flat()];
    },
  };
}

function stateOf(alarm: MetricAlarm): AlarmState {
  return { name: alarm.AlarmName ?? '', state: 'on', since: changedAt(alarm), reason: alarm.StateReason ?? '' };
}

function changedAt({ StateTransitionedTimestamp, StateUpdatedTimestamp }: MetricAlarm): number {
  return (StateTransitionedTimestamp ?? StateUpdatedTimestamp ?? new Date(0)).getTime();
}

function leftAlarm(data: string | undefined): boolean {
  const { success, output } = v.safeParse(historyData, data);
  return success && output.oldState.stateValue === 'ALARM' && output.newState.stateValue !== 'ALARM';
}

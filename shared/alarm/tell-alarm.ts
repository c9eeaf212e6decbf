import type { AccountStore } from '../account/account-store.ts';
import type { Log } from '../lambda/log.ts';
import type { Alarm } from './alarm.ts';
import { alarmOfName } from './alarm-catalogue.ts';
import type { AlarmChange } from './alarm-change.ts';
import { accountsIn, alarmNotice, recoveryNotice } from './notice-text.ts';
import type { NoticeTopic } from './notice-topic.ts';
import type { FoundTrace, TraceReader } from './trace-reader.ts';

/** What telling needs; one set per environment. */
export interface TellAlarmDependencies {
  readonly stage: string;
  /** Where the runbook is: an address or a path, without anchor. */
  readonly runbook: string;
  readonly traces: TraceReader;
  readonly accounts: Pick<AccountStore, 'get'>;
  readonly topic: NoticeTopic;
  readonly log: Log;
}

/** Datapoints reach CloudWatch some minutes after their cause stands in the logs. */
const METRICS_LATE_MS = 300_000;

/**
 * Writes to people about an alarm that went on or off: which accounts, since when, how often, an example, what to do. Logs or names that cannot be
 * read leave their place in the notice empty; the notice goes out. Told twice, it writes twice. An alarm that the catalogue does not have is passed
 * over: it is of a stage whose name begins with this one's.
 * @throws the topic's error when the notice was not taken, so that Lambda tries again
 */
export async function tellAlarm(dependencies: TellAlarmDependencies, change: AlarmChange): Promise<void> {
  const { stage, runbook, topic } = dependencies;
  const alarm = alarmOfName(stage, change.name);
  if (alarm === undefined) return;
  if (change.state === 'off') return topic.publish(recoveryNotice({ stage, alarm, change }));
  const trace = await traceOf(dependencies, alarm, change);
  const displayNames = await displayNamesOf(dependencies, trace === undefined ? [] : accountsIn(trace));
  return topic.publish(alarmNotice({ stage, alarm, change, trace, displayNames, runbook }));
}

async function traceOf(
  { traces, log }: TellAlarmDependencies,
  alarm: Alarm,
  change: AlarmChange,
): Promise<FoundTrace | undefined> {
  const windowMs = alarm.evaluationPeriods * alarm.periodSeconds * 1_000;
  try {
    return await traces.read(alarm, change.at - windowMs - METRICS_LATE_MS);
  } catch (error) {
    // The notice says so: that something is wrong must reach people all the more when reading fails too.
    log('WARN', { event: 'alarm-trace-not-read', error });
    return undefined;
  }
}

async function displayNamesOf(
  { accounts, log }: TellAlarmDependencies,
  appIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const named = await Promise.all(
    appIds.map(async (appId) => {
      try {
        const account = await accounts.get(appId);
        return account === undefined ? [] : [[appId, account.displayName] as const];
      } catch (error) {
        // The app ID alone will do, for instance when the alarm is about the table.
        log('WARN', { event: 'account-not-read', account: appId, error });
        return [];
      }
    }),
  );
  return new Map(named.flat());
}

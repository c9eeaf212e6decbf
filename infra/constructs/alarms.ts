import {
  Alarm as CloudWatchAlarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Alarm } from '#shared/alarm/alarm.ts';
import { ALARMS, alarmName } from '#shared/alarm/alarm-catalogue.ts';
import { watchedMetric } from './watched-metric.ts';
import type { WatchedParts } from './watched-parts.ts';

/** What the alarms look at, and where they are told. */
export interface AlarmsProps {
  readonly parts: WatchedParts;
  /** Whom alarms are told directly; absent: nobody. */
  readonly topic: ITopic | undefined;
  /** Where people read the runbook; absent: its path in the repository. */
  readonly runbookUrl: string | undefined;
}

const COMPARISONS = {
  over: ComparisonOperator.GREATER_THAN_THRESHOLD,
  'at-least': ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  under: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;
const MISSING_DATA = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
} as const;

/**
 * Every alarm of the catalogue whose part the stage has. The function `send-alarm-notice` hears of all of them from EventBridge and writes the notices; only
 * alarms about itself go straight to the topic.
 */
export class Alarms extends Construct {
  readonly alarms: readonly CloudWatchAlarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.alarms = ALARMS.flatMap((alarm) => {
      const metric = watchedMetric(props.parts, alarm);
      return metric === undefined ? [] : [this.alarmOn(alarm, metric, props)];
    });
  }

  private alarmOn(alarm: Alarm, metric: IMetric, { parts, topic, runbookUrl }: AlarmsProps): CloudWatchAlarm {
    const created = new CloudWatchAlarm(this, alarm.id, {
      alarmName: alarmName(parts.stage, alarm),
      alarmDescription: `${alarm.severity}: ${alarm.title}. What to do: ${runbookUrl ?? 'docs/runbook.md'}#${alarm.section}`,
      metric,
      comparisonOperator: COMPARISONS[alarm.comparison],
      threshold: alarm.threshold,
      datapointsToAlarm: alarm.datapointsToAlarm,
      evaluationPeriods: alarm.evaluationPeriods,
      treatMissingData: MISSING_DATA[alarm.missingData],
      // A tenth of a handful of calls says nothing.
      ...(alarm.statistic === 'p90' && { evaluateLowSampleCountPercentile: 'ignore' }),
    });
    if (topic !== undefined && isAboutNotices(alarm)) {
      created.addAlarmAction({ bind: () => ({ alarmActionArn: topic.topicArn }) });
    }
    return created;
  }
}

function isAboutNotices({ metric }: Alarm): boolean {
  return metric.source === 'aws' && metric.namespace === 'AWS/Lambda' && metric.function === 'send-alarm-notice';
}

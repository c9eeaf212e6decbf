import type { Alarm } from './alarm.ts';

const MINUTE = 60;

/** One breach in five minutes, and silence is fine. */
export const ONCE_IN_FIVE_MINUTES = {
  statistic: 'Sum',
  comparison: 'at-least',
  threshold: 1,
  periodSeconds: 5 * MINUTE,
  datapointsToAlarm: 1,
  evaluationPeriods: 1,
  missingData: 'notBreaching',
} as const satisfies Partial<Alarm>;

import { parseLogGroups } from '#shared/alarm/log-groups.ts';
import { asText } from '#shared/lambda/settings.ts';

/** The variables of `send-alarm-notice`. */
export const sendAlarmNoticeSettings = {
  /** The one table of state. */
  tableName: { variable: 'TABLE_NAME', parse: asText },
  /** The stage's name, which its alarms' names hold. */
  stage: { variable: 'STAGE', parse: asText },
  /** ARN of the SNS topic that notices go to. */
  topicArn: { variable: 'TOPIC_ARN', parse: asText },
  /** Where each source of log lines has its log group: `<source>=<log group>`, comma-separated. */
  logGroups: { variable: 'LOG_GROUPS', parse: parseLogGroups },
  /** Where people read the runbook: an address or a path, without anchor. */
  runbook: { variable: 'RUNBOOK', parse: asText, fallback: 'docs/runbook.md' },
} as const;

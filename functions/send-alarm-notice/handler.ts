import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { createSnsNoticeTopic } from '#shared/alarm/notice-topic.sns.ts';
import { createCloudWatchLogsTraceReader } from '#shared/alarm/trace-reader.cloudwatch-logs.ts';
import { systemClock } from '#shared/clock.node.ts';
import { createLineOutput } from '#shared/lambda/line-output.node.ts';
import { createLog } from '#shared/lambda/log.ts';
import { readSettings } from '#shared/lambda/settings.ts';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { createHandler } from './create-handler.ts';
import { sendAlarmNoticeSettings } from './settings.ts';

const { tableName, stage, topicArn, logGroups, runbook } = readSettings(sendAlarmNoticeSettings, process.env);
/** Nobody waits for a notice; a page of logs takes its time. */
const CLIENT_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

/** The Lambda entry of `send-alarm-notice`. */
export const handler = createHandler({
  stage,
  runbook,
  log: createLog(createLineOutput()),
  traces: createCloudWatchLogsTraceReader(new CloudWatchLogsClient(CLIENT_SETTINGS), logGroups, systemClock),
  accounts: createDynamoAccountStore(new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS), tableName),
  topic: createSnsNoticeTopic(new SNSClient(CLIENT_SETTINGS), topicArn),
});

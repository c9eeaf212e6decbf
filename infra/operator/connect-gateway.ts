import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { createDynamoClearQuotaAllowances } from '#shared/account/clear-quota-allowance.dynamodb.ts';
import { createDynamoCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { createDynamoKeyUseStore } from '#shared/caller/key-use.dynamodb.ts';
import { createDynamoRoleStore } from '#shared/caller/role-store.dynamodb.ts';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import { createDynamoUsageStore } from '#shared/usage/usage-store.dynamodb.ts';
import { createDynamoAccountItems } from './account-items.dynamodb.ts';
import { createSecretsManagerAppSecretWriter } from './app-secret-writer.secrets-manager.ts';
import { createDynamoCallerItems } from './caller-items.dynamodb.ts';
import { CLIENT_SETTINGS, INVOKE_SETTINGS, SYNC_SETTINGS } from './client-settings.ts';
import { createLambdaExaminer } from './examiner.lambda.ts';
import { localTarget } from './local-target.ts';
import type { LogReader } from './log-reader.ts';
import type { OperatorGateway } from './operator-gateway.ts';
import { createLambdaQuotaFunction } from './quota-function.lambda.ts';
import { createLambdaRefreshFunction } from './refresh-function.lambda.ts';
import { describeStageStack, targetOfStack, useRegionOfStage } from './stage-target.cloudformation.ts';
import { createLambdaSyncFunction } from './sync-function.lambda.ts';
import type { Target } from './target.ts';

/** Which gateway a command is about. */
export interface TargetOptions {
  readonly stage: string;
  readonly region: string | undefined;
  /** The port of a local run's API; `undefined` for a stage on AWS. */
  readonly localPort: number | undefined;
}

/**
 * Finds the gateway and wires its stores, with the usual AWS credentials or the local run's stand-ins. Changes `process.env`.
 * @throws {OperatorFailure} when it is not there, and the AWS client's error for what is wrong with credentials or network
 */
export async function connectGateway({ stage, region, localPort }: TargetOptions): Promise<OperatorGateway> {
  if (localPort !== undefined) return gatewayOf(localTarget(localPort, process.env));
  const where = useRegionOfStage(stage, region, process.env);
  return gatewayOf(targetOfStack(await describeStageStack(stage, where)));
}

/** Wires a gateway's stores: the clients are made here, after the environment says whom to talk to. */
export function gatewayOf(target: Target): OperatorGateway {
  const { tableName, secretPrefix, refreshFunctionName, syncFunctionName, quotasFunctionName } = target;
  const table = new DynamoDBClient(CLIENT_SETTINGS);
  return {
    target,
    accounts: createDynamoAccountStore(table, tableName),
    accountItems: createDynamoAccountItems(table, tableName),
    tokens: createDynamoTokenStore(table, tableName),
    callers: createDynamoCallerStore(table, tableName),
    callerItems: createDynamoCallerItems(table, tableName),
    roles: createDynamoRoleStore(table, tableName),
    keyUse: createDynamoKeyUseStore(table, tableName),
    learntQuotas: createDynamoLearntQuotaStore(table, tableName),
    usage: createDynamoUsageStore(table, tableName),
    clearQuotaAllowances: createDynamoClearQuotaAllowances(table, tableName),
    quotaFunction: createLambdaQuotaFunction(new LambdaClient(SYNC_SETTINGS), quotasFunctionName),
    secrets: createSecretsManagerAppSecretWriter(new SecretsManagerClient(CLIENT_SETTINGS), secretPrefix),
    refreshFunction: createLambdaRefreshFunction(new LambdaClient(INVOKE_SETTINGS), refreshFunctionName),
    serverIps: createDynamoServerIpsStore(table, tableName),
    syncFunction: createLambdaSyncFunction(new LambdaClient(SYNC_SETTINGS), syncFunctionName),
    examiner: createLambdaExaminer(new LambdaClient(INVOKE_SETTINGS), refreshFunctionName),
    openLogs: () => openLogs(target.logs),
    openAlarms: async (stage) => (await import('./alarm-reader.cloudwatch.ts')).createCloudWatchAlarmReader(stage),
    openSchedules: async () => (await import('./schedule-reader.scheduler.ts')).createSchedulerScheduleReader(),
  };
}

async function openLogs(source: Target['logs']): Promise<LogReader> {
  if (source.kind === 'file') return (await import('./log-reader.local.ts')).createLocalLogReader(source.file);
  const { createCloudWatchLogReader } = await import('./log-reader.cloudwatch-logs.ts');
  return createCloudWatchLogReader(source.groups);
}

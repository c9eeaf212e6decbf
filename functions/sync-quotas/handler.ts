import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoHealMarkers } from '#shared/access-token/heal-marker.dynamodb.ts';
import { createLambdaRefreshInvoker } from '#shared/access-token/refresh-invoker.lambda.ts';
import { createTokenReader } from '#shared/access-token/token-reader.ts';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { createDynamoClearQuotaAllowances } from '#shared/account/clear-quota-allowance.dynamodb.ts';
import { createLambdaAppSecretCaller } from '#shared/app-secret-call/app-secret-caller.lambda.ts';
import { systemClock } from '#shared/clock.node.ts';
import { createLineOutput } from '#shared/lambda/line-output.node.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';
import { readSettings } from '#shared/lambda/settings.ts';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { createDynamoUsageStore } from '#shared/usage/usage-store.dynamodb.ts';
import { reportAttempts } from '#shared/wechat/report-attempts.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { createHandler } from './create-handler.ts';
import { syncQuotasSettings } from './settings.ts';

const settings = readSettings(syncQuotasSettings, process.env);
const { tableName, stage, refreshFunctionName, appSecretFunctionName, upstreamOrigins } = settings;
const clock = systemClock;
const random = Math.random;
const write = createLineOutput();
const log = createLog(write);
const metrics = createMetrics({ write, stage, clock });
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);
const tokens = createDynamoTokenStore(client, tableName);

/** The Lambda entry of `sync-quotas`. */
export const handler = createHandler({
  clock,
  random,
  log,
  tokens,
  usageStore: createDynamoUsageStore(client, tableName),
  learntQuotas: createDynamoLearntQuotaStore(client, tableName),
  clearQuotaAllowances: createDynamoClearQuotaAllowances(client, tableName),
  appSecretCaller: createLambdaAppSecretCaller(appSecretFunctionName, clock),
  upstream: createUpstream({
    api: reportAttempts(createUndiciWechatApi({ clock }), { log, metrics }),
    origins: upstreamOrigins,
    clock,
  }),
  markers: createDynamoHealMarkers(client, tableName),
  invoker: createLambdaRefreshInvoker(refreshFunctionName, clock),
  reader: createTokenReader({
    tokens,
    clock,
    random,
    onStale: (account, error) => log('WARN', { event: 'stale-token', account, error }),
  }),
  onClearNotNoted: (account, error) => log('WARN', { event: 'quota-clear-not-noted', account, error }),
  onInvokeError: (account, error) => log('ERROR', { event: 'refresh-not-run', account, error }),
});

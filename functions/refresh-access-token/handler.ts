import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { createSecretsManagerAppSecretStore } from '#shared/account/app-secret.secrets-manager.ts';
import { createAppSecretCache } from '#shared/account/app-secret.ts';
import { SECRETS_CLIENT_SETTINGS } from '#shared/account/client-settings.secrets-manager.ts';
import { systemClock } from '#shared/clock.node.ts';
import { systemNameResolver } from '#shared/diagnosis/name-resolver.node.ts';
import { createLineOutput } from '#shared/lambda/line-output.node.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';
import { readSettings } from '#shared/lambda/settings.ts';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { reportAttempts } from '#shared/wechat/report-attempts.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { createHandler } from './create-handler.ts';
import { refreshAccessTokenSettings } from './settings.ts';

const settings = readSettings(refreshAccessTokenSettings, process.env);
const clock = systemClock;
const write = createLineOutput();
const log = createLog(write);
const metrics = createMetrics({ write, stage: settings.stage, clock });
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);
const secretStore = createSecretsManagerAppSecretStore(
  new SecretsManagerClient(SECRETS_CLIENT_SETTINGS),
  settings.secretPrefix,
);

/** The Lambda entry of `refresh-access-token`. */
export const handler = createHandler({
  clock,
  random: Math.random,
  holder: process.env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? `process ${process.pid}`,
  accounts: createDynamoAccountStore(client, settings.tableName),
  tokens: createDynamoTokenStore(client, settings.tableName),
  secrets: createAppSecretCache(secretStore, clock),
  upstream: createUpstream({
    api: reportAttempts(createUndiciWechatApi({ clock }), { log, metrics }),
    origins: settings.upstreamOrigins,
    clock,
  }),
  log,
  metrics,
  examining: {
    openApi: () => createUndiciWechatApi({ clock }),
    origins: settings.upstreamOrigins,
    resolveName: systemNameResolver,
  },
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoHealMarkers } from '#shared/access-token/heal-marker.dynamodb.ts';
import type { RefreshInvoker } from '#shared/access-token/refresh-invoker.ts';
import { createTokenReader } from '#shared/access-token/token-reader.ts';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { createCallerDirectory } from '#shared/caller/caller-directory.ts';
import { createDynamodbCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { systemClock } from '#shared/clock.node.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';
import { readSettings } from '#shared/lambda/settings.ts';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { createHandler } from './create-handler.ts';
import { callWechatApiSettings } from './settings.ts';

const settings = readSettings(callWechatApiSettings, process.env);
const clock = systemClock;
const random = Math.random;
const write = (line: string) => process.stdout.write(line);
const log = createLog(write);
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);
const tokens = createDynamoTokenStore(client, settings.tableName);

/** Loaded with the first heal: ordinary calls do not pay for the Lambda client. */
const invoker: RefreshInvoker = {
  async invoke(...heal) {
    const { createLambdaRefreshInvoker } = await import('#shared/access-token/refresh-invoker.lambda.ts');
    return createLambdaRefreshInvoker(settings.refreshFunctionName, clock).invoke(...heal);
  },
};

/** The Lambda entry of `call-wechat-api`. */
export const handler = createHandler({
  clock,
  random,
  log,
  tokens,
  invoker,
  metrics: createMetrics(write),
  pathPrefix: settings.pathPrefix,
  markers: createDynamoHealMarkers(client, settings.tableName),
  upstream: createUpstream({ api: createUndiciWechatApi({ clock }), origins: settings.upstreamOrigins, clock }),
  callers: createCallerDirectory({
    store: createDynamodbCallerStore(client, settings.tableName),
    clock,
    onStale: ({ callerId, ageMs, error }) => log('WARN', { event: 'stale-caller', caller: callerId, ageMs, error }),
  }),
  reader: createTokenReader({
    tokens,
    clock,
    random,
    onStale: (account, error) => log('WARN', { event: 'stale-token', account, error }),
  }),
  onInvokeError: (account, error) => log('ERROR', { event: 'refresh-not-run', account, error }),
});

import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoHealMarkers } from '#shared/access-token/heal-marker.dynamodb.ts';
import type { RefreshInvoker } from '#shared/access-token/refresh-invoker.ts';
import { createTokenReader } from '#shared/access-token/token-reader.ts';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { createDynamoClearQuotaAllowances } from '#shared/account/clear-quota-allowance.dynamodb.ts';
import type { AppSecretCaller } from '#shared/app-secret-call/app-secret-caller.ts';
import { createCallerDirectory } from '#shared/caller/caller-directory.ts';
import { createDynamoCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { createDynamoKeyUseStore } from '#shared/caller/key-use.dynamodb.ts';
import { createKeyUseRecorder } from '#shared/caller/key-use.ts';
import { createDynamoLimitStore } from '#shared/caller/limit-store.dynamodb.ts';
import { createCallLimiter } from '#shared/caller/limiter.ts';
import { createRoleDirectory } from '#shared/caller/role-directory.ts';
import { createDynamoRoleStore } from '#shared/caller/role-store.dynamodb.ts';
import { systemClock } from '#shared/clock.node.ts';
import { createLineOutput } from '#shared/lambda/line-output.node.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';
import { createReport } from '#shared/lambda/report.ts';
import { readSettings } from '#shared/lambda/settings.ts';
import { createCountingParts } from '#shared/quota/counting-parts.ts';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import type { QuotaLearner } from '#shared/quota/quota-learner.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { readTogether } from '#shared/table/read-together.dynamodb.ts';
import { createTicketReader } from '#shared/ticket/ticket-reader.ts';
import { createDynamoTicketStore } from '#shared/ticket/ticket-store.dynamodb.ts';
import { createDynamoUsageStore } from '#shared/usage/usage-store.dynamodb.ts';
import { reportAttempts } from '#shared/wechat/report-attempts.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { createHandler } from './create-handler.ts';
import { callWechatApiSettings } from './settings.ts';

const settings = readSettings(callWechatApiSettings, process.env);
const clock = systemClock;
const random = Math.random;
const write = createLineOutput();
const log = createLog(write);
const metrics = createMetrics({ write, stage: settings.stage, clock });
const client = readTogether(new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS));
const upstream = createUpstream({
  api: reportAttempts(createUndiciWechatApi({ clock }), { log, metrics }),
  origins: settings.upstreamOrigins,
  clock,
});
// Mostly an environment starts because a call waits for it.
upstream.connectAhead();
const tokens = createDynamoTokenStore(client, settings.tableName);
const tickets = createDynamoTicketStore(client, settings.tableName);

let refreshInvoker: Promise<RefreshInvoker> | undefined;

/** Loaded with the first heal: ordinary calls do not pay for the Lambda client. */
async function loadRefreshInvoker(): Promise<RefreshInvoker> {
  const { createLambdaRefreshInvoker } = await import('#shared/access-token/refresh-invoker.lambda.ts');
  return createLambdaRefreshInvoker(settings.refreshFunctionName, clock);
}

let appSecretCaller: Promise<AppSecretCaller> | undefined;

/** Loaded with the first login, likewise. */
async function loadAppSecretCaller(): Promise<AppSecretCaller> {
  const { createLambdaAppSecretCaller } = await import('#shared/app-secret-call/app-secret-caller.lambda.ts');
  return createLambdaAppSecretCaller(settings.appSecretFunctionName, clock);
}

let quotaLearner: Promise<QuotaLearner> | undefined;

/** Loaded with the first quota that is nearly used up, likewise. */
async function loadQuotaLearner(): Promise<QuotaLearner> {
  const { createLambdaQuotaLearner } = await import('#shared/quota/quota-learner.lambda.ts');
  return createLambdaQuotaLearner(settings.quotasFunctionName);
}

/** The Lambda entry of `call-wechat-api`. */
export const handler = createHandler({
  clock,
  random,
  tokens,
  invoker: {
    async invoke(...heal) {
      refreshInvoker ??= loadRefreshInvoker();
      return (await refreshInvoker).invoke(...heal);
    },
  },
  report: createReport({ write, stage: settings.stage, clock }),
  pathPrefix: settings.pathPrefix,
  doors: settings.doors,
  appSecretCaller: {
    async call(call) {
      appSecretCaller ??= loadAppSecretCaller();
      return (await appSecretCaller).call(call);
    },
  },
  clearQuotaAllowances: createDynamoClearQuotaAllowances(client, settings.tableName),
  serverIps: createDynamoServerIpsStore(client, settings.tableName),
  markers: createDynamoHealMarkers(client, settings.tableName),
  upstream,
  callers: createCallerDirectory({
    store: createDynamoCallerStore(client, settings.tableName),
    clock,
    onStale: ({ callerId, ageMs, error }) => log('WARN', { event: 'stale-caller', caller: callerId, ageMs, error }),
  }),
  roles: createRoleDirectory({
    store: createDynamoRoleStore(client, settings.tableName),
    clock,
    onStale: ({ ageMs, error }) => log('WARN', { event: 'stale-role', ageMs, error }),
  }),
  limiter: createCallLimiter({ store: createDynamoLimitStore(client, settings.tableName), clock }),
  ...createCountingParts({
    accounts: createDynamoAccountStore(client, settings.tableName),
    learntQuotas: createDynamoLearntQuotaStore(client, settings.tableName),
    usageStore: createDynamoUsageStore(client, settings.tableName),
    quotaLearner: {
      async learn(...quota) {
        quotaLearner ??= loadQuotaLearner();
        return (await quotaLearner).learn(...quota);
      },
    },
    clock,
    random,
    newName: randomUUID,
    metrics,
    log,
  }),
  keyUse: createKeyUseRecorder({
    store: createDynamoKeyUseStore(client, settings.tableName),
    clock,
    onError: (keyId, error) => log('WARN', { event: 'key-use-not-noted', keyId, error }),
  }),
  reader: createTokenReader({
    tokens,
    clock,
    random,
    onStale: (account, error) => log('WARN', { event: 'stale-token', account, error }),
  }),
  tickets,
  ticketReader: createTicketReader({
    tickets,
    clock,
    random,
    onStale: (account, error) => log('WARN', { event: 'stale-ticket', account, error }),
  }),
  onTicketFailure: ({ appId }, { cause, refused }) =>
    log('WARN', { event: 'ticket-not-renewed', account: appId, failureCause: cause, errcode: refused?.errcode }),
  onClearNotNoted: (account, error) => log('WARN', { event: 'quota-clear-not-noted', account, error }),
  onInvokeError: (account, error) => log('ERROR', { event: 'refresh-not-run', account, error }),
});

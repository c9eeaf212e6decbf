import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoHealMarkers } from '#shared/access-token/heal-marker.dynamodb.ts';
import { createLambdaRefreshInvoker } from '#shared/access-token/refresh-invoker.lambda.ts';
import { createTokenReader } from '#shared/access-token/token-reader.ts';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { systemClock } from '#shared/clock.node.ts';
import { createLineOutput } from '#shared/lambda/line-output.node.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';
import { readSettings } from '#shared/lambda/settings.ts';
import type { Announcer } from '#shared/server-ips/announcement.ts';
import { configuredFirewalls } from '#shared/server-ips/configured-firewalls.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import { DYNAMODB_CLIENT_SETTINGS } from '#shared/table/client-settings.dynamodb.ts';
import { reportAttempts } from '#shared/wechat/report-attempts.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { createHandler } from './create-handler.ts';
import { syncServerIpsSettings } from './settings.ts';

const settings = readSettings(syncServerIpsSettings, process.env);
const { tableName, stage, refreshFunctionName, upstreamOrigins, eventBusName, topicArn, ...targets } = settings;
const clock = systemClock;
const random = Math.random;
const write = createLineOutput();
const log = createLog(write);
const metrics = createMetrics({ write, stage, clock });
const client = new DynamoDBClient(DYNAMODB_CLIENT_SETTINGS);
const tokens = createDynamoTokenStore(client, tableName);

/** Loaded with the first change, which is rare. */
const bus: Announcer = {
  async announce(change) {
    const { eventAnnouncerOn } = await import('#shared/server-ips/announcer.eventbridge.ts');
    return eventAnnouncerOn(eventBusName).announce(change);
  },
};
const topic: Announcer = {
  async announce(change) {
    const { topicAnnouncerTo } = await import('#shared/server-ips/announcer.sns.ts');
    return topicAnnouncerTo(topicArn).announce(change);
  },
};

/** The Lambda entry of `sync-server-ips`. */
export const handler = createHandler({
  clock,
  random,
  log,
  tokens,
  stage,
  metrics,
  serverIps: createDynamoServerIpsStore(client, tableName),
  announcers: [...(eventBusName === '' ? [] : [bus]), ...(topicArn === '' ? [] : [topic])],
  firewalls: configuredFirewalls({
    targets,
    clock,
    loadPrefixLists: async () => (await import('#shared/server-ips/prefix-list.ec2.ts')).createEc2PrefixLists(),
    loadWafIpSets: async () => (await import('#shared/server-ips/waf-ip-set.wafv2.ts')).createWafv2IpSets(),
  }),
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
  onInvokeError: (account, error) => log('ERROR', { event: 'refresh-not-run', account, error }),
});

import { asText } from '#shared/lambda/settings.ts';
import { firewallSettings } from '#shared/server-ips/firewall-settings.ts';
import { parseOrigins } from '#shared/wechat/origins.ts';

/** The variables of `sync-server-ips`. */
export const syncServerIpsSettings = {
  /** The one table of state. */
  tableName: { variable: 'TABLE_NAME', parse: asText },
  /** The stage's name: the dimension of every metric, and for those who hear of changes from several. */
  stage: { variable: 'STAGE', parse: asText },
  /** The function invoked when a token was refused or is missing: its name or ARN. */
  refreshFunctionName: { variable: 'REFRESH_FUNCTION_NAME', parse: asText },
  /** WeChat's hosts in the order they are tried, comma-separated origins. */
  upstreamOrigins: { variable: 'UPSTREAM_ORIGINS', parse: parseOrigins },
  /** Name or ARN of the EventBridge bus that changes are put on; not set: none. */
  eventBusName: { variable: 'EVENT_BUS_NAME', parse: asText, fallback: '' },
  /** ARN of the SNS topic that changes are published to; not set: none. */
  topicArn: { variable: 'TOPIC_ARN', parse: asText, fallback: '' },
  ...firewallSettings,
} as const;

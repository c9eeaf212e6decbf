import { parseDoors } from '#shared/api-call/doors.ts';
import { parsePathPrefix } from '#shared/api-call/path-prefix.ts';
import { asText } from '#shared/lambda/settings.ts';
import { parseOrigins } from '#shared/wechat/origins.ts';

/** The variables of `call-wechat-api`. */
export const callWechatApiSettings = {
  /** The one table of state. */
  tableName: { variable: 'TABLE_NAME', parse: asText },
  /** The stage's name: the dimension of every metric. */
  stage: { variable: 'STAGE', parse: asText },
  /** The function invoked when a token was refused or is missing: its name or ARN. */
  refreshFunctionName: { variable: 'REFRESH_FUNCTION_NAME', parse: asText },
  /** The function invoked for calls that carry the app secret: its name or ARN. */
  appSecretFunctionName: { variable: 'APP_SECRET_FUNCTION_NAME', parse: asText },
  /** The function invoked when a quota is nearly used up: its name or ARN. */
  quotasFunctionName: { variable: 'QUOTAS_FUNCTION_NAME', parse: asText },
  /** WeChat's hosts in the order they are tried, comma-separated origins. */
  upstreamOrigins: { variable: 'UPSTREAM_ORIGINS', parse: parseOrigins },
  /** Stripped from every path before any check; empty for none. */
  pathPrefix: { variable: 'PATH_PREFIX', parse: parsePathPrefix, fallback: '' },
  /** Which doors are open: `key`, `iam` or `both`. */
  doors: { variable: 'DOORS', parse: parseDoors, fallback: 'key' },
} as const;

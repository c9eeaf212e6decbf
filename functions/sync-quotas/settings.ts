import { asText } from '#shared/lambda/settings.ts';
import { parseOrigins } from '#shared/wechat/origins.ts';

/** The variables of `sync-quotas`. */
export const syncQuotasSettings = {
  /** The one table of state. */
  tableName: { variable: 'TABLE_NAME', parse: asText },
  /** The stage's name: the dimension of every metric. */
  stage: { variable: 'STAGE', parse: asText },
  /** The function invoked when a token was refused or is missing: its name or ARN. */
  refreshFunctionName: { variable: 'REFRESH_FUNCTION_NAME', parse: asText },
  /** The function invoked for a clear that has to go by app secret: its name or ARN. */
  appSecretFunctionName: { variable: 'APP_SECRET_FUNCTION_NAME', parse: asText },
  /** WeChat's hosts in the order they are tried, comma-separated origins. */
  upstreamOrigins: { variable: 'UPSTREAM_ORIGINS', parse: parseOrigins },
} as const;

import { asText } from '#shared/lambda/settings.ts';
import { parseOrigins } from '#shared/wechat/origins.ts';

/** The variables of `call-with-app-secret`. */
export const callWithAppSecretSettings = {
  /** The stage's name: the dimension of every metric. */
  stage: { variable: 'STAGE', parse: asText },
  /** What comes before the app ID in the names of the accounts' secrets: `wechat-gateway/<stage>/`. */
  secretPrefix: { variable: 'SECRET_PREFIX', parse: asText },
  /** WeChat's hosts in the order they are tried, comma-separated origins. */
  upstreamOrigins: { variable: 'UPSTREAM_ORIGINS', parse: parseOrigins },
} as const;

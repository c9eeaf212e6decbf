import type { SettingsDefinition } from '#shared/lambda/settings.ts';
import { callWechatApiSettings } from '../../functions/call-wechat-api/settings.ts';
import { callWithAppSecretSettings } from '../../functions/call-with-app-secret/settings.ts';
import { refreshAccessTokenSettings } from '../../functions/refresh-access-token/settings.ts';
import { syncQuotasSettings } from '../../functions/sync-quotas/settings.ts';
import { syncServerIpsSettings } from '../../functions/sync-server-ips/settings.ts';
import type { LocalFunction } from './local-function.ts';

/** What the functions' variables say in the local run. */
export interface LocalFunctionTexts {
  readonly tableName: string;
  readonly secretPrefix: string;
  readonly upstreamOrigins: string;
}

type Environment = Record<string, string | undefined>;

const REFRESH_FUNCTION_NAME = 'refresh-access-token';
/** The local run has it run by operators only: `operator ips sync`. */
export const SYNC_FUNCTION_NAME = 'sync-server-ips';
/** The local run has it run by `call-wechat-api` and by operators: `operator quota show`. */
export const QUOTAS_FUNCTION_NAME = 'sync-quotas';
const APP_SECRET_FUNCTION_NAME = 'call-with-app-secret';

/** Writes every variable that the functions read, under the names and in the form that their settings define. */
export function setFunctionVariables(environment: Environment, texts: LocalFunctionTexts): void {
  const all = {
    ...texts,
    refreshFunctionName: REFRESH_FUNCTION_NAME,
    appSecretFunctionName: APP_SECRET_FUNCTION_NAME,
    quotasFunctionName: QUOTAS_FUNCTION_NAME,
    pathPrefix: '',
    doors: '',
    stage: 'local',
    // Nobody listens here: a client without an endpoint of its own would turn to AWS.
    eventBusName: '',
    topicArn: '',
    prefixLists: '',
    wafIpSets: '',
  };
  Object.assign(
    environment,
    variablesOf(refreshAccessTokenSettings, all),
    variablesOf(callWithAppSecretSettings, all),
    variablesOf(callWechatApiSettings, all),
    variablesOf(syncServerIpsSettings, all),
    variablesOf(syncQuotasSettings, all),
  );
}

function variablesOf<Definition extends SettingsDefinition>(
  definition: Definition,
  texts: { readonly [Name in keyof Definition]: string },
): Record<string, string> {
  return Object.fromEntries(Object.entries(definition).map(([name, { variable }]) => [variable, texts[name] ?? '']));
}

/** `refresh-access-token` as the stack deploys it. Reads its variables when it is loaded, which happens once. */
export async function loadRefreshAccessToken(): Promise<LocalFunction> {
  const { handler } = await import('../../functions/refresh-access-token/handler.ts');
  return { name: REFRESH_FUNCTION_NAME, timeoutMs: 58_000, handler };
}

/** `call-with-app-secret`, likewise. */
export async function loadCallWithAppSecret(): Promise<LocalFunction> {
  const { handler } = await import('../../functions/call-with-app-secret/handler.ts');
  return { name: APP_SECRET_FUNCTION_NAME, timeoutMs: 29_000, handler };
}

/** `sync-server-ips`, likewise. */
export async function loadSyncServerIps(): Promise<LocalFunction> {
  const { handler } = await import('../../functions/sync-server-ips/handler.ts');
  return { name: SYNC_FUNCTION_NAME, timeoutMs: 300_000, handler };
}

/** `sync-quotas`, likewise. */
export async function loadSyncQuotas(): Promise<LocalFunction> {
  const { handler } = await import('../../functions/sync-quotas/handler.ts');
  return { name: QUOTAS_FUNCTION_NAME, timeoutMs: 300_000, handler };
}

/** `call-wechat-api`, likewise. */
export async function loadCallWechatApi(): Promise<LocalFunction> {
  const { handler } = await import('../../functions/call-wechat-api/handler.ts');
  return { name: 'call-wechat-api', timeoutMs: 29_000, handler };
}

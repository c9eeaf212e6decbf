import { callWechatApiSettings } from '../../../functions/call-wechat-api/settings.ts';
import { refreshAccessTokenSettings } from '../../../functions/refresh-access-token/settings.ts';
import type { Rig } from '../../gateway-rig.ts';

/**
 * The environment variables of a function that runs in a process of its own, on the rig's engines.
 * @param dynamodbEndpoint in place of the rig's
 */
export function functionEnvironment(rig: Rig, dynamodbEndpoint = rig.dynamodb.endpoint): Record<string, string> {
  return {
    [refreshAccessTokenSettings.tableName.variable]: rig.tableName,
    [refreshAccessTokenSettings.stage.variable]: 'test',
    [refreshAccessTokenSettings.secretPrefix.variable]: rig.secretPrefix,
    [refreshAccessTokenSettings.upstreamOrigins.variable]: rig.simulator.origin,
    [callWechatApiSettings.refreshFunctionName.variable]: 'refresh-access-token',
    [callWechatApiSettings.appSecretFunctionName.variable]: 'call-with-app-secret',
    [callWechatApiSettings.quotasFunctionName.variable]: 'sync-quotas',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: rig.secrets.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

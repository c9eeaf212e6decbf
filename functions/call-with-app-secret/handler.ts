import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerAppSecretStore } from '#shared/account/app-secret.secrets-manager.ts';
import { createAppSecretCache } from '#shared/account/app-secret.ts';
import { SECRETS_CLIENT_SETTINGS } from '#shared/account/client-settings.secrets-manager.ts';
import { systemClock } from '#shared/clock.node.ts';
import { createLineOutput } from '#shared/lambda/line-output.node.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';
import { readSettings } from '#shared/lambda/settings.ts';
import { reportAttempts } from '#shared/wechat/report-attempts.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { createHandler } from './create-handler.ts';
import { callWithAppSecretSettings } from './settings.ts';

const settings = readSettings(callWithAppSecretSettings, process.env);
const clock = systemClock;
const write = createLineOutput();
const log = createLog(write);
const metrics = createMetrics({ write, stage: settings.stage, clock });
const upstream = createUpstream({
  api: reportAttempts(createUndiciWechatApi({ clock }), { log, metrics }),
  origins: settings.upstreamOrigins,
  clock,
});
// Mostly an environment starts because a call waits for it.
upstream.connectAhead();
const secretStore = createSecretsManagerAppSecretStore(
  new SecretsManagerClient(SECRETS_CLIENT_SETTINGS),
  settings.secretPrefix,
);

/** The Lambda entry of `call-with-app-secret`. */
export const handler = createHandler({
  clock,
  secrets: createAppSecretCache(secretStore, clock),
  upstream,
  log,
  metrics,
});

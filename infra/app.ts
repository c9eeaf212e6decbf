import { App } from 'aws-cdk-lib';
import { buildFunction } from './build.ts';
import { EnvironmentFileError, parseStage, readEnvironmentFile } from './environment-file.ts';
import { GatewayStack } from './gateway-stack.ts';

/** The CDK app: one stack for the stage that `-c stage=<name>` names, `dev` without it. It bundles the functions first. */
async function main(): Promise<void> {
  const app = new App();
  const stage = parseStage(app.node.tryGetContext('stage') ?? 'dev');
  const environment = readEnvironmentFile(stage);
  const refreshAccessToken = await buildFunction('refresh-access-token');
  const callWithAppSecret = await buildFunction('call-with-app-secret');
  const callWechatApi = await buildFunction('call-wechat-api');
  const syncServerIps = await buildFunction('sync-server-ips');
  const syncQuotas = await buildFunction('sync-quotas');
  const sendAlarmNotice = await buildFunction('send-alarm-notice');
  new GatewayStack(app, `wechat-gateway-${stage}`, {
    stage,
    environment,
    bundleDirectories: {
      refreshAccessToken: refreshAccessToken.directory,
      callWithAppSecret: callWithAppSecret.directory,
      callWechatApi: callWechatApi.directory,
      syncServerIps: syncServerIps.directory,
      syncQuotas: syncQuotas.directory,
      sendAlarmNotice: sendAlarmNotice.directory,
    },
  });
  app.synth();
}

try {
  await main();
} catch (error) {
  if (!(error instanceof EnvironmentFileError)) throw error;
  // The operator's own input is at fault: its text is all there is to say, a stack trace would only hide it.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

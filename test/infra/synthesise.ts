import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as v from 'valibot';
import { parseEnvironment } from '../../infra/environment-file.ts';
import { GatewayStack } from '../../infra/gateway-stack.ts';

const cdkFile = v.object({ context: v.record(v.string(), v.unknown()) });

/** A valid environment file's content; tests spread their differences over it. */
export const EXAMPLE_ENVIRONMENT = {
  region: 'ap-southeast-1',
  egress: 'none',
  throttling: { rate: 100, burst: 200 },
  logRetentionDays: 30,
} as const;

/** An app with the feature flags of the project's own cdk.json. It writes to a temporary folder. */
export function exampleApp(props: AppProps = {}): App {
  const { context } = v.parse(cdkFile, JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8')));
  return new App({ context, ...props });
}

/** The stack of a stage in that app. Its bundles are this folder: what is in them is not the stack's concern. */
export function exampleStack(app: App, differences: object = {}, stage = 'test'): GatewayStack {
  return new GatewayStack(app, `wechat-gateway-${stage}`, {
    stage,
    environment: parseEnvironment({ ...EXAMPLE_ENVIRONMENT, ...differences }, 'example'),
    bundleDirectories: {
      refreshAccessToken: import.meta.dirname,
      callWithAppSecret: import.meta.dirname,
      callWechatApi: import.meta.dirname,
      syncServerIps: import.meta.dirname,
      syncQuotas: import.meta.dirname,
      sendAlarmNotice: import.meta.dirname,
    },
  });
}

const templates = new Map<string, Template>();

/** That stack's template. Asked again with the same differences, the same one: a synthesis takes a third of a second. */
export function exampleTemplate(differences: object = {}): Template {
  const key = JSON.stringify(differences);
  const template = templates.get(key) ?? Template.fromStack(exampleStack(quickApp(), differences));
  templates.set(key, template);
  return template;
}

/** Such an app without the CDK's own rules, which take more time than all else: `cdk-nag.test.ts` has them look at every shape of a stage. */
export function quickApp(): App {
  return exampleApp({ builtinCloudFormationValidation: false });
}

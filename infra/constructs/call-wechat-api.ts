import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { callWechatApiSettings } from '../../functions/call-wechat-api/settings.ts';
import { MEMORY_SIZES_MIB } from '../memory-sizes.ts';
import { environmentOf } from './function-environment.ts';
import { type FunctionSurroundings, GatewayFunction } from './gateway-function.ts';
import type { ItemKind } from './gateway-table.ts';
import { upstreamOriginsOf } from './upstream-origins.ts';

/** The functions that `call-wechat-api` has run. */
export interface FunctionsItInvokes {
  readonly refreshAccessToken: GatewayFunction;
  readonly callWithAppSecret: GatewayFunction;
  readonly syncQuotas: GatewayFunction;
}

/** `call-wechat-api`, the function that faces the internet, with what it may do. It cannot read app secrets. */
export class CallWechatApi extends GatewayFunction {
  constructor(
    scope: Construct,
    id: string,
    surroundings: FunctionSurroundings & FunctionsItInvokes,
    bundleDirectory: string,
  ) {
    const { stage, environment, table, refreshAccessToken, callWithAppSecret, syncQuotas } = surroundings;
    super(scope, id, surroundings, {
      description: "Answers callers with WeChat's own answers",
      bundleDirectory,
      variables: environmentOf(callWechatApiSettings, {
        tableName: table.tableName,
        stage,
        refreshFunctionName: refreshAccessToken.lambda.functionName,
        appSecretFunctionName: callWithAppSecret.lambda.functionName,
        quotasFunctionName: syncQuotas.lambda.functionName,
        upstreamOrigins: upstreamOriginsOf(environment),
        pathPrefix: environment.pathPrefix,
        doors: environment.auth,
      }),
      // API Gateway gives up at 30 s.
      timeout: Duration.seconds(29),
      memorySizeMiB: MEMORY_SIZES_MIB['call-wechat-api'],
    });
    const kinds: ItemKind[] = ['account', 'token', 'caller', 'ticket', 'usage', 'serverIps'];
    if (environment.auth !== 'key') kinds.push('role');
    table.grantReadItems(this.role, ...kinds);
    table.grantReadItemsTogether(this.role, ...kinds);
    table.grantQueryItems(this.role, 'usage');
    table.grantPutItems(this.role, 'heal');
    table.grantUpdateItems(this.role, 'usage', 'ticket');
    refreshAccessToken.grantInvokeBy(this.role);
    callWithAppSecret.grantInvokeBy(this.role);
    syncQuotas.grantInvokeBy(this.role);
  }
}

import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { syncQuotasSettings } from '../../functions/sync-quotas/settings.ts';
import { MEMORY_SIZES_MIB } from '../memory-sizes.ts';
import { environmentOf } from './function-environment.ts';
import { type FunctionSurroundings, GatewayFunction } from './gateway-function.ts';
import { upstreamOriginsOf } from './upstream-origins.ts';

/** The functions that `sync-quotas` has run. */
export interface FunctionsForQuotas {
  readonly refreshAccessToken: GatewayFunction;
  readonly callWithAppSecret: GatewayFunction;
}

/** `sync-quotas`, with what it may do. It cannot read app secrets. */
export class SyncQuotas extends GatewayFunction {
  constructor(
    scope: Construct,
    id: string,
    surroundings: FunctionSurroundings & FunctionsForQuotas,
    bundleDirectory: string,
  ) {
    const { stage, environment, table, refreshAccessToken, callWithAppSecret } = surroundings;
    super(scope, id, surroundings, {
      description: 'Asks WeChat how far quotas are used, and clears them for operators',
      bundleDirectory,
      variables: environmentOf(syncQuotasSettings, {
        tableName: table.tableName,
        stage,
        refreshFunctionName: refreshAccessToken.lambda.functionName,
        appSecretFunctionName: callWithAppSecret.lambda.functionName,
        upstreamOrigins: upstreamOriginsOf(environment),
      }),
      // A thousand accounts with thirty endpoints each, eight at a time.
      timeout: Duration.minutes(15),
      memorySizeMiB: MEMORY_SIZES_MIB['sync-quotas'],
    });
    table.grantReadItems(this.role, 'token', 'usage');
    table.grantQueryItems(this.role, 'usage');
    table.grantPutItems(this.role, 'heal');
    table.grantUpdateItems(this.role, 'usage');
    table.grantQueryDueAccounts(this.role);
    refreshAccessToken.grantInvokeBy(this.role);
    callWithAppSecret.grantInvokeBy(this.role);
  }
}

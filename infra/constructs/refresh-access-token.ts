import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { refreshAccessTokenSettings } from '../../functions/refresh-access-token/settings.ts';
import { MEMORY_SIZES_MIB } from '../memory-sizes.ts';
import { grantReadAppSecrets, secretPrefixOf } from './app-secrets.ts';
import { environmentOf } from './function-environment.ts';
import { type FunctionSurroundings, GatewayFunction } from './gateway-function.ts';
import { upstreamOriginsOf } from './upstream-origins.ts';

/** `refresh-access-token`, with what it may do. One of the two functions that read app secrets. */
export class RefreshAccessToken extends GatewayFunction {
  constructor(scope: Construct, id: string, surroundings: FunctionSurroundings, bundleDirectory: string) {
    const { stage, environment, table } = surroundings;
    super(scope, id, surroundings, {
      description: 'Refreshes access tokens before they expire and when one was refused',
      bundleDirectory,
      variables: environmentOf(refreshAccessTokenSettings, {
        tableName: table.tableName,
        stage,
        secretPrefix: secretPrefixOf(stage),
        upstreamOrigins: upstreamOriginsOf(environment),
      }),
      // Ends before the next minute's invocation begins.
      timeout: Duration.seconds(58),
      memorySizeMiB: MEMORY_SIZES_MIB['refresh-access-token'],
    });
    table.grantReadItems(this.role, 'account', 'token');
    table.grantUpdateItems(this.role, 'token');
    table.grantQueryDueAccounts(this.role);
    grantReadAppSecrets(this.role, stage);
  }
}

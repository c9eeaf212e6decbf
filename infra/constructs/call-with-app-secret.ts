import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { callWithAppSecretSettings } from '../../functions/call-with-app-secret/settings.ts';
import { MEMORY_SIZES_MIB } from '../memory-sizes.ts';
import { grantReadAppSecrets, secretPrefixOf } from './app-secrets.ts';
import { environmentOf } from './function-environment.ts';
import { type FunctionSurroundings, GatewayFunction } from './gateway-function.ts';
import { upstreamOriginsOf } from './upstream-origins.ts';

/** `call-with-app-secret`, with what it may do. One of the two functions that read app secrets. */
export class CallWithAppSecret extends GatewayFunction {
  constructor(scope: Construct, id: string, surroundings: FunctionSurroundings, bundleDirectory: string) {
    const { stage, environment } = surroundings;
    super(scope, id, surroundings, {
      description: 'Makes the calls that carry an app secret, for the function that answers callers',
      bundleDirectory,
      variables: environmentOf(callWithAppSecretSettings, {
        stage,
        secretPrefix: secretPrefixOf(stage),
        upstreamOrigins: upstreamOriginsOf(environment),
      }),
      // As long as the function that waits for it has.
      timeout: Duration.seconds(29),
      memorySizeMiB: MEMORY_SIZES_MIB['call-with-app-secret'],
    });
    grantReadAppSecrets(this.role, stage);
  }
}

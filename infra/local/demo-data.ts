import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import type { TokenStore } from '#shared/access-token/token-store.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { PERMISSIONS } from '#shared/caller/caller.ts';
import { createCallerKey } from '#shared/caller/caller-key.ts';
import { createDynamoCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { systemClock } from '#shared/clock.node.ts';
import { addAccount } from '../operator/add-account.ts';
import { addCaller } from '../operator/add-caller.ts';
import { createSecretsManagerAppSecretWriter } from '../operator/app-secret-writer.secrets-manager.ts';
import { setAppSecret } from '../operator/set-app-secret.ts';

/** What to enter. */
export interface DemoSettings {
  readonly tableName: string;
  readonly secretPrefix: string;
  readonly appId: string;
  readonly appSecret: string;
  /** Without one, the demo caller gets a new key. */
  readonly callerKey: string | undefined;
}

/** What was entered. */
export interface DemoData {
  readonly callerKey: string;
  readonly tokens: TokenStore;
}

/** Always the same caller, so that with a data directory the keys of earlier runs go on working. */
const DEMO_CALLER_ID = 'localrun';

/**
 * Does what an operator does first: adds the account, sets its secret, adds a caller that may do everything. On a data directory that has
 * all of it, only a new caller key is added.
 */
export async function enterDemoData(settings: DemoSettings): Promise<DemoData> {
  const { tableName, secretPrefix, appId, appSecret } = settings;
  // The clients find the stand-ins in the environment, as the functions' own do.
  const client = new DynamoDBClient({});
  const clock = systemClock;
  const accounts = createDynamoAccountStore(client, tableName);
  const tokens = createDynamoTokenStore(client, tableName);
  const callers = createDynamoCallerStore(client, tableName);
  const secrets = createSecretsManagerAppSecretWriter(new SecretsManagerClient({}), secretPrefix);
  const callerKey = settings.callerKey ?? createCallerKey(DEMO_CALLER_ID);
  await addAccount(
    { accounts, tokens, clock },
    { appId, displayName: 'Local run', mode: 'stable', testAccount: false },
  );
  await setAppSecret({ accounts, secrets }, appId, appSecret);
  const grants = [{ appId, allow: ['/*', ...PERMISSIONS] }];
  await addCaller({ callers, clock }, { callerKey, name: 'Demo caller', grants });
  return { callerKey, tokens };
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { createDynamodbCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { createDynamodbKeyUseStore } from '#shared/caller/key-use.dynamodb.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import { createDynamoAccountItems } from './account-items.dynamodb.ts';
import { createSecretsManagerAppSecretWriter } from './app-secret-writer.secrets-manager.ts';
import { createDynamoCallerItems } from './caller-items.dynamodb.ts';
import { CLIENT_SETTINGS, INVOKE_SETTINGS, SYNC_SETTINGS } from './client-settings.ts';
import { localTarget } from './local-target.ts';
import type { OperatorGateway } from './operator-gateway.ts';
import { createLambdaRefreshFunction } from './refresh-function.lambda.ts';
import { stageTarget } from './stage-target.cloudformation.ts';
import { createLambdaSyncFunction } from './sync-function.lambda.ts';

/** Which gateway a command is about. */
export interface TargetOptions {
  readonly stage: string;
  readonly region: string | undefined;
  /** The port of a local run's API; `undefined` for a stage on AWS. */
  readonly localPort: number | undefined;
}

/**
 * Finds the gateway and wires its stores, with the usual AWS credentials or the local run's stand-ins. Changes `process.env`.
 * @throws {OperatorFailure} when it is not there, and the AWS client's error for what is wrong with credentials or network
 */
export async function connectGateway({ stage, region, localPort }: TargetOptions): Promise<OperatorGateway> {
  const target =
    localPort === undefined ? await stageTarget(stage, region, process.env) : localTarget(localPort, process.env);
  const { tableName, secretPrefix, refreshFunctionName, syncFunctionName } = target;
  const table = new DynamoDBClient(CLIENT_SETTINGS);
  return {
    target,
    accounts: createDynamoAccountStore(table, tableName),
    accountItems: createDynamoAccountItems(table, tableName),
    tokens: createDynamoTokenStore(table, tableName),
    callers: createDynamodbCallerStore(table, tableName),
    callerItems: createDynamoCallerItems(table, tableName),
    keyUse: createDynamodbKeyUseStore(table, tableName),
    secrets: createSecretsManagerAppSecretWriter(new SecretsManagerClient(CLIENT_SETTINGS), secretPrefix),
    refreshFunction: createLambdaRefreshFunction(new LambdaClient(INVOKE_SETTINGS), refreshFunctionName),
    serverIps: createDynamoServerIpsStore(table, tableName),
    syncFunction: createLambdaSyncFunction(new LambdaClient(SYNC_SETTINGS), syncFunctionName),
  };
}

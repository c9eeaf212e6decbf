import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { AppSecretWriter } from './app-secret-writer.ts';

/** {@link AppSecretWriter} in AWS Secrets Manager: one secret per account, named `prefix` + app ID, holding `{"appSecret": "..."}`. */
export function createSecretsManagerAppSecretWriter(client: SecretsManagerClient, prefix: string): AppSecretWriter {
  return {
    async put(appId, appSecret) {
      const name = `${prefix}${appId}`;
      const SecretString = JSON.stringify({ appSecret });
      try {
        await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
      } catch (error) {
        // The account's first secret: there is nothing yet to put a version into.
        if (!(error instanceof ResourceNotFoundException)) throw error;
        await client.send(new CreateSecretCommand({ Name: name, SecretString }));
      }
    },
  };
}

import {
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type AppSecretStore, MalformedAppSecret } from './app-secret.ts';

/** {@link AppSecretStore} in AWS Secrets Manager: one secret per account, named `prefix` + app ID, holding `{"appSecret": "..."}`. */
export function createSecretsManagerAppSecretStore(client: SecretsManagerClient, prefix: string): AppSecretStore {
  return {
    async get(appId) {
      try {
        const answer = await client.send(new GetSecretValueCommand({ SecretId: `${prefix}${appId}` }));
        return { value: appSecretIn(answer.SecretString, `${prefix}${appId}`), version: answer.VersionId ?? '' };
      } catch (error) {
        // The second is how Secrets Manager answers for a secret that is pending deletion.
        if (error instanceof ResourceNotFoundException || error instanceof InvalidRequestException) return undefined;
        throw error;
      }
    },
  };
}

function appSecretIn(text: string | undefined, secretName: string): string {
  const content: unknown = parseJson(text ?? '');
  if (typeof content === 'object' && content !== null && 'appSecret' in content) {
    if (typeof content.appSecret === 'string' && content.appSecret !== '') return content.appSecret;
  }
  throw new MalformedAppSecret(secretName);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the secret; the caller reports what is wrong without it.
    return undefined;
  }
}

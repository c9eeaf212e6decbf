import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RestoreSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { AppSecretPresence, AppSecretWriter } from './app-secret-writer.ts';

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
    presence: (appId) => presenceOf(client, `${prefix}${appId}`),
    async restore(appId) {
      await client.send(new RestoreSecretCommand({ SecretId: `${prefix}${appId}` }));
    },
    async remove(appId, recoveryDays) {
      try {
        const answer = await client.send(
          new DeleteSecretCommand({ SecretId: `${prefix}${appId}`, RecoveryWindowInDays: recoveryDays }),
        );
        return answer.DeletionDate?.getTime();
      } catch (error) {
        // There is none, or it is pending deletion already: either way it is on its way out.
        if (error instanceof ResourceNotFoundException || error instanceof InvalidRequestException) return undefined;
        throw error;
      }
    },
  };
}

async function presenceOf(client: SecretsManagerClient, name: string): Promise<AppSecretPresence> {
  try {
    const { DeletedDate, LastChangedDate } = await client.send(new DescribeSecretCommand({ SecretId: name }));
    const state = DeletedDate === undefined ? 'present' : 'pending-deletion';
    return { state, changedAt: LastChangedDate?.getTime() };
  } catch (error) {
    // An account whose secret was never set.
    if (error instanceof ResourceNotFoundException) return { state: 'absent' };
    throw error;
  }
}

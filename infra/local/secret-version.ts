import { randomUUID } from 'node:crypto';
import { SecretFault } from './secret-fault.ts';
import type { StoredSecret, StoredSecretVersion } from './stored-secret.ts';

/** The value in a request. */
export interface NewSecretValue {
  readonly SecretString?: string;
  readonly SecretBinary?: string;
  readonly ClientRequestToken?: string;
}

/** Whether a request brings a value at all. */
export function hasValue({ SecretString, SecretBinary }: NewSecretValue): boolean {
  return SecretString !== undefined || SecretBinary !== undefined;
}

/** Whether a request repeats what the version holds. */
export function isSameValue(version: StoredSecretVersion, { SecretString, SecretBinary }: NewSecretValue): boolean {
  return version.secretString === SecretString && version.secretBinary === SecretBinary;
}

/**
 * Makes the value AWSCURRENT and what was current AWSPREVIOUS; older versions go. A request token that already made this very value
 * changes nothing, so a retried request is harmless.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 * @throws {SecretFault} ResourceExistsException when the request token made another value
 */
export function addVersion(secret: StoredSecret, value: NewSecretValue, now: number): StoredSecretVersion {
  const repeated = secret.versions.find(({ id }) => id === value.ClientRequestToken);
  if (repeated !== undefined) {
    if (isSameValue(repeated, value)) {
      return repeated;
    }
    const message = `You can't use ClientRequestToken ${repeated.id} because that value is already in use for a version.`;
    throw new SecretFault('ResourceExistsException', message);
  }
  const added: StoredSecretVersion = {
    id: value.ClientRequestToken ?? randomUUID(),
    stages: ['AWSCURRENT'],
    createdAt: now,
    ...(value.SecretString !== undefined && { secretString: value.SecretString }),
    ...(value.SecretBinary !== undefined && { secretBinary: value.SecretBinary }),
  };
  const previous = secret.versions.find(({ stages }) => stages.includes('AWSCURRENT'));
  secret.versions = previous === undefined ? [added] : [{ ...previous, stages: ['AWSPREVIOUS'] }, added];
  secret.changedAt = now;
  return added;
}

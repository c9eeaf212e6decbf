import { randomBytes } from 'node:crypto';
import type { Clock } from '#shared/clock.ts';
import { identity, metadata } from './secret-answer.ts';
import { SecretFault } from './secret-fault.ts';
import type { SecretRequest } from './secret-requests.ts';
import { addVersion, hasValue, isSameValue } from './secret-version.ts';
import type { StoredSecret } from './stored-secret.ts';

const DAY_MS = 86_400_000;
const DEFAULT_RECOVERY_DAYS = 30;
const DEFAULT_PAGE_SIZE = 100;

/**
 * Secrets as Secrets Manager keeps them: versions with the stages AWSCURRENT and AWSPREVIOUS, deletion with a recovery window.
 * Answers are what goes on the wire (times in epoch seconds).
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 */
export class SecretVault {
  readonly #clock: Clock;
  readonly #secrets: Map<string, StoredSecret>;
  readonly #save: (secrets: readonly StoredSecret[]) => void;

  constructor(clock: Clock, secrets: readonly StoredSecret[], save: (secrets: readonly StoredSecret[]) => void) {
    this.#clock = clock;
    this.#secrets = new Map(secrets.map((secret) => [secret.name, secret]));
    this.#save = save;
  }

  /** @throws {SecretFault} ResourceExistsException for a taken name, InvalidRequestException while its deletion is pending */
  createSecret(input: SecretRequest<'CreateSecret'>): object {
    const existing = this.#find(input.Name);
    if (existing?.deletion !== undefined) {
      const message = "You can't create this secret because a secret with this name is already scheduled for deletion.";
      throw new SecretFault('InvalidRequestException', message);
    }
    if (existing !== undefined) {
      return this.#createAgain(existing, input);
    }
    const now = this.#clock.now();
    const suffix = randomBytes(3).toString('hex');
    const secret: StoredSecret = {
      name: input.Name,
      arn: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${input.Name}-${suffix}`,
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.KmsKeyId !== undefined && { kmsKeyId: input.KmsKeyId }),
      tags: input.Tags ?? [],
      createdAt: now,
      changedAt: now,
      versions: [],
    };
    const added = hasValue(input) ? addVersion(secret, input, now) : undefined;
    this.#secrets.set(secret.name, secret);
    this.#persist();
    return { ...identity(secret), ...(added !== undefined && { VersionId: added.id }) };
  }

  /** @throws {SecretFault} ResourceNotFoundException, InvalidRequestException while a deletion is pending */
  getSecretValue(input: SecretRequest<'GetSecretValue'>): object {
    const secret = this.#findUsable(input.SecretId);
    const stage = input.VersionStage ?? (input.VersionId === undefined ? 'AWSCURRENT' : undefined);
    const version = secret.versions.find(
      ({ id, stages }) =>
        (input.VersionId === undefined || id === input.VersionId) && (stage === undefined || stages.includes(stage)),
    );
    if (version === undefined) {
      const wanted = stage === undefined ? `VersionId: ${input.VersionId}` : `staging label: ${stage}`;
      const message = `Secrets Manager can't find the specified secret value for ${wanted}`;
      throw new SecretFault('ResourceNotFoundException', message);
    }
    return {
      ...identity(secret),
      VersionId: version.id,
      VersionStages: version.stages,
      CreatedDate: version.createdAt / 1000,
      ...(version.secretString !== undefined && { SecretString: version.secretString }),
      ...(version.secretBinary !== undefined && { SecretBinary: version.secretBinary }),
    };
  }

  /** A new version becomes AWSCURRENT; the same ClientRequestToken with the same value changes nothing. */
  putSecretValue(input: SecretRequest<'PutSecretValue'>): object {
    const secret = this.#findUsable(input.SecretId);
    if (!hasValue(input)) {
      throw new SecretFault('InvalidParameterException', 'You must provide either SecretString or SecretBinary.');
    }
    const version = addVersion(secret, input, this.#clock.now());
    this.#persist();
    return { ...identity(secret), VersionId: version.id, VersionStages: version.stages };
  }

  /** As PutSecretValue when it has a value; otherwise only the description or key. */
  updateSecret(input: SecretRequest<'UpdateSecret'>): object {
    const secret = this.#findUsable(input.SecretId);
    secret.changedAt = this.#clock.now();
    secret.description = input.Description ?? secret.description ?? '';
    if (input.KmsKeyId !== undefined) {
      secret.kmsKeyId = input.KmsKeyId;
    }
    const added = hasValue(input) ? addVersion(secret, input, secret.changedAt) : undefined;
    this.#persist();
    return { ...identity(secret), ...(added !== undefined && { VersionId: added.id }) };
  }

  /** Works while a deletion is pending too. */
  describeSecret(input: SecretRequest<'DescribeSecret'>): object {
    const secret = this.#findAny(input.SecretId);
    const stages = secret.versions.map(({ id, stages: held }) => [id, held]);
    return { ...metadata(secret), VersionIdsToStages: Object.fromEntries(stages) };
  }

  /** Pending for 30 days unless told otherwise; forced, it is gone at once and a secret that does not exist is no error. */
  deleteSecret(input: SecretRequest<'DeleteSecret'>): object {
    const isForced = input.ForceDeleteWithoutRecovery === true;
    if (isForced && input.RecoveryWindowInDays !== undefined) {
      const message = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
      throw new SecretFault('InvalidParameterException', message);
    }
    const now = this.#clock.now();
    if (isForced) {
      return this.#remove(input.SecretId, now);
    }
    const secret = this.#findUsable(input.SecretId);
    const removeAt = now + (input.RecoveryWindowInDays ?? DEFAULT_RECOVERY_DAYS) * DAY_MS;
    secret.deletion = { deletedAt: now, removeAt };
    this.#persist();
    return { ...identity(secret), DeletionDate: removeAt / 1000 };
  }

  /** Ends a pending deletion; without one it changes nothing. */
  restoreSecret(input: SecretRequest<'RestoreSecret'>): object {
    const secret = this.#findAny(input.SecretId);
    delete secret.deletion;
    this.#persist();
    return identity(secret);
  }

  /** By name, in order of creation. Knows the filter `name` only: prefixes, any of them, `!` negates. */
  listSecrets(input: SecretRequest<'ListSecrets'>): object {
    this.#removeExpired();
    const filters = input.Filters ?? [];
    if (filters.some(({ Key }) => Key !== 'name')) {
      throw new SecretFault('InvalidParameterException', 'The local stand-in filters by name only.');
    }
    const listed = [...this.#secrets.values()].filter(
      ({ name, deletion }) =>
        (deletion === undefined || input.IncludePlannedDeletion === true) &&
        filters.every(({ Values }) => Values.some((prefix) => matchesPrefix(name, prefix))),
    );
    const start = Number(input.NextToken ?? 0);
    const end = start + (input.MaxResults ?? DEFAULT_PAGE_SIZE);
    return {
      SecretList: listed.slice(start, end).map(metadata),
      ...(end < listed.length && { NextToken: String(end) }),
    };
  }

  #createAgain(existing: StoredSecret, input: SecretRequest<'CreateSecret'>): object {
    const version = existing.versions.find(({ id }) => id === input.ClientRequestToken);
    if (version !== undefined && isSameValue(version, input)) {
      return { ...identity(existing), VersionId: version.id };
    }
    const message = `The operation failed because the secret ${input.Name} already exists.`;
    throw new SecretFault('ResourceExistsException', message);
  }

  #remove(secretId: string, now: number): object {
    const secret = this.#find(secretId);
    if (secret === undefined) {
      return { Name: secretId, DeletionDate: now / 1000 };
    }
    this.#secrets.delete(secret.name);
    this.#persist();
    return { ...identity(secret), DeletionDate: now / 1000 };
  }

  #findUsable(secretId: string): StoredSecret {
    const secret = this.#findAny(secretId);
    if (secret.deletion !== undefined) {
      const message = "You can't perform this operation on the secret because it was marked for deletion.";
      throw new SecretFault('InvalidRequestException', message);
    }
    return secret;
  }

  #findAny(secretId: string): StoredSecret {
    const secret = this.#find(secretId);
    if (secret === undefined) {
      throw new SecretFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  #find(secretId: string): StoredSecret | undefined {
    this.#removeExpired();
    return this.#secrets.get(secretId) ?? [...this.#secrets.values()].find(({ arn }) => arn === secretId);
  }

  #removeExpired(): void {
    const now = this.#clock.now();
    for (const { name, deletion } of this.#secrets.values()) {
      if (deletion !== undefined && deletion.removeAt <= now) {
        this.#secrets.delete(name);
      }
    }
  }

  #persist(): void {
    this.#save([...this.#secrets.values()]);
  }
}

function matchesPrefix(name: string, prefix: string): boolean {
  return prefix.startsWith('!') ? !name.startsWith(prefix.slice(1)) : name.startsWith(prefix);
}

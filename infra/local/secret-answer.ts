import type { StoredSecret } from './stored-secret.ts';

/** What every answer about one secret begins with. */
export function identity({ arn, name }: StoredSecret): { readonly ARN: string; readonly Name: string } {
  return { ARN: arn, Name: name };
}

/** What DescribeSecret and ListSecrets tell: never a value. Times in epoch seconds. */
export function metadata(secret: StoredSecret): object {
  return {
    ...identity(secret),
    ...(secret.description !== undefined && { Description: secret.description }),
    ...(secret.kmsKeyId !== undefined && { KmsKeyId: secret.kmsKeyId }),
    Tags: secret.tags,
    CreatedDate: secret.createdAt / 1000,
    LastChangedDate: secret.changedAt / 1000,
    ...(secret.deletion !== undefined && { DeletedDate: secret.deletion.deletedAt / 1000 }),
  };
}

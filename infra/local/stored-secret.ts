import * as v from 'valibot';

const version = v.object({
  id: v.string(),
  /** `AWSCURRENT`, `AWSPREVIOUS`; a version without any is dropped. */
  stages: v.array(v.string()),
  createdAt: v.number(),
  secretString: v.exactOptional(v.string()),
  /** Base64, as it travels. */
  secretBinary: v.exactOptional(v.string()),
});

/** Shape of one secret in memory and in the data directory; times in epoch milliseconds. */
export const storedSecretSchema = v.object({
  name: v.string(),
  arn: v.string(),
  description: v.exactOptional(v.string()),
  kmsKeyId: v.exactOptional(v.string()),
  tags: v.array(v.object({ Key: v.string(), Value: v.string() })),
  createdAt: v.number(),
  changedAt: v.number(),
  /** Present while a deletion is pending; at `removeAt` the secret is gone. */
  deletion: v.exactOptional(v.object({ deletedAt: v.number(), removeAt: v.number() })),
  versions: v.array(version),
});

/** One secret with its versions. */
export type StoredSecret = v.InferOutput<typeof storedSecretSchema>;

/** One value that a secret has or had. */
export type StoredSecretVersion = v.InferOutput<typeof version>;

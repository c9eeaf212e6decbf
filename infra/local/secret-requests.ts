import * as v from 'valibot';

const secretId = v.pipe(v.string(), v.nonEmpty());
const value = { SecretString: v.exactOptional(v.string()), SecretBinary: v.exactOptional(v.string()) };
const name = v.pipe(v.string(), v.regex(/^[\w/+=.@!-]{1,512}$/));
const days = v.pipe(v.number(), v.integer(), v.minValue(7), v.maxValue(30));
const filter = v.object({ Key: v.string(), Values: v.array(v.string()) });
const pageSize = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100));

/**
 * What each operation of the stand-in takes, in Secrets Manager's own names. What is not listed is ignored.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
export const secretRequestSchemas = {
  CreateSecret: v.object({
    Name: name,
    ClientRequestToken: v.exactOptional(v.string()),
    Description: v.exactOptional(v.string()),
    KmsKeyId: v.exactOptional(v.string()),
    Tags: v.exactOptional(v.array(v.object({ Key: v.string(), Value: v.string() }))),
    ...value,
  }),
  GetSecretValue: v.object({
    SecretId: secretId,
    VersionId: v.exactOptional(v.string()),
    VersionStage: v.exactOptional(v.string()),
  }),
  PutSecretValue: v.object({ SecretId: secretId, ClientRequestToken: v.exactOptional(v.string()), ...value }),
  UpdateSecret: v.object({
    SecretId: secretId,
    ClientRequestToken: v.exactOptional(v.string()),
    Description: v.exactOptional(v.string()),
    KmsKeyId: v.exactOptional(v.string()),
    ...value,
  }),
  DescribeSecret: v.object({ SecretId: secretId }),
  DeleteSecret: v.object({
    SecretId: secretId,
    RecoveryWindowInDays: v.exactOptional(days),
    ForceDeleteWithoutRecovery: v.exactOptional(v.boolean()),
  }),
  RestoreSecret: v.object({ SecretId: secretId }),
  ListSecrets: v.object({
    Filters: v.exactOptional(v.array(filter)),
    IncludePlannedDeletion: v.exactOptional(v.boolean()),
    MaxResults: v.exactOptional(pageSize),
    NextToken: v.exactOptional(v.pipe(v.string(), v.regex(/^\d+$/))),
  }),
} as const;

/** An operation that the stand-in has. */
export type SecretOperation = keyof typeof secretRequestSchemas;

/** The input of one operation. */
export type SecretRequest<Operation extends SecretOperation> = v.InferOutput<(typeof secretRequestSchemas)[Operation]>;

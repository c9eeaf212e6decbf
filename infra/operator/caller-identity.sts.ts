import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CLIENT_SETTINGS } from './client-settings.ts';

/** Whose AWS credentials these are. */
export interface CallerIdentity {
  /** The AWS account's 12 digits. */
  readonly awsAccount: string;
  readonly arn: string;
}

/**
 * Asks AWS whose credentials it is given; every identity may (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
 * @throws the client's error when there are none, or AWS does not take them
 */
export async function callerIdentity(): Promise<CallerIdentity> {
  const { Account = '', Arn = '' } = await new STSClient(CLIENT_SETTINGS).send(new GetCallerIdentityCommand({}));
  return { awsAccount: Account, arn: Arn };
}

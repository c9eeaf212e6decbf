import { devNull } from 'node:os';

/** Where the stand-ins for AWS listen. */
export interface StandInEndpoints {
  readonly dynamodb: string;
  readonly secretsManager: string;
}

type Environment = Record<string, string | undefined>;

/**
 * Makes every AWS client that is created from now on talk to this machine and nobody else: whatever the environment says of credentials,
 * profiles, roles and endpoints is forgotten, and the user's own configuration files are not read.
 *
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
export function isolateFromAws(environment: Environment, { dynamodb, secretsManager }: StandInEndpoints): void {
  for (const name of Object.keys(environment)) {
    if (name.toUpperCase().startsWith('AWS_')) delete environment[name];
  }
  Object.assign(environment, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
  });
}

/** The same for clients of EventBridge Scheduler. */
export function useSchedulerEndpoint(environment: Environment, endpoint: string): void {
  environment['AWS_ENDPOINT_URL_SCHEDULER'] = endpoint;
}

/** The same for clients of Lambda, once its stand-in runs. */
export function useLambdaEndpoint(environment: Environment, endpoint: string): void {
  environment['AWS_ENDPOINT_URL_LAMBDA'] = endpoint;
}

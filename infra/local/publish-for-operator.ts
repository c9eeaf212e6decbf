import { publishLocalRun } from '../operator/local-run.ts';
import type { Closing } from './closing.ts';

/** What the operator CLI has to know, but for where the stand-ins listen. */
export interface PublishedGateway {
  readonly url: string;
  readonly tableName: string;
  readonly secretPrefix: string;
  readonly refreshFunctionName: string;
  readonly syncFunctionName: string;
  readonly quotasFunctionName: string;
  readonly refreshScheduleName: string;
  readonly logFile: string;
}

/**
 * Lets `npm run operator -- --local` find this run until it is closed.
 * @param environment in which the stand-ins' endpoints have been set
 */
export function publishForOperator(
  { url, ...names }: PublishedGateway,
  environment: Readonly<Record<string, string | undefined>>,
  closing: Closing,
): void {
  const unpublish = publishLocalRun({
    apiUrl: url,
    ...names,
    dynamodb: environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
    secretsManager: environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? '',
    lambda: environment['AWS_ENDPOINT_URL_LAMBDA'] ?? '',
    scheduler: environment['AWS_ENDPOINT_URL_SCHEDULER'] ?? '',
  });
  closing.add(async () => unpublish());
}

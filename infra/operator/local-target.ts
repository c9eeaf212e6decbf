import { isolateFromAws, useLambdaEndpoint, useSchedulerEndpoint } from '../local/aws-isolation.ts';
import { findLocalRun } from './local-run.ts';
import type { Target } from './target.ts';

/**
 * The local run on this port. Changes `environment` so that AWS clients made from now on talk to its stand-ins and nobody else.
 * @throws {OperatorFailure} when there is none
 */
export function localTarget(port: number, environment: Record<string, string | undefined>): Target {
  const { dynamodb, secretsManager, lambda, scheduler, refreshScheduleName, logFile, ...target } = findLocalRun(port);
  isolateFromAws(environment, { dynamodb, secretsManager });
  useLambdaEndpoint(environment, lambda);
  useSchedulerEndpoint(environment, scheduler);
  return {
    ...target,
    name: `the local run at ${target.apiUrl}`,
    egressAddresses: [],
    schedules: { refresh: refreshScheduleName },
    logs: { kind: 'file', file: logFile },
  };
}

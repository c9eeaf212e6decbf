import type { DescribedGateway, Surroundings } from '../surroundings.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';
import { checkOfTrouble } from './check-of-trouble.ts';

/** The checks of the way to the gateway, and the gateway if the way is free. */
export interface Access {
  readonly checks: readonly Check[];
  readonly gateway: DescribedGateway | undefined;
}

const FINISHED = /_COMPLETE$/;
const ROLLED_BACK = /ROLLBACK_COMPLETE$/;
const BROKEN = /_FAILED$|^ROLLBACK_COMPLETE$|^DELETE_/;

/** Looks at the credentials and at the stack: its status, and whether it puts out what this version needs. */
export async function checkAccess(surroundings: Surroundings, tell: (line: string) => void): Promise<Access> {
  tell(surroundings.isLocal ? 'Looking for the local run ...' : 'Asking AWS whose credentials these are ...');
  const credentials = await checkCredentials(surroundings);
  if (credentials.state === 'failed') {
    return { checks: [credentials, skipped('stack', 'Without credentials AWS tells nothing.')], gateway: undefined };
  }
  if (!surroundings.isLocal) tell(`Looking at the stack of ${surroundings.name} ...`);
  const name = surroundings.isLocal ? 'local run' : 'stack';
  try {
    const gateway = await surroundings.describe();
    return { checks: [credentials, checkStatus(name, gateway)], gateway };
  } catch (error) {
    return { checks: [credentials, checkOfTrouble(name, error)], gateway: undefined };
  }
}

async function checkCredentials(surroundings: Surroundings): Promise<Check> {
  try {
    const identity = await surroundings.identity();
    return identity === undefined
      ? skipped('credentials', 'The local run needs none.')
      : ok('credentials', `AWS account ${identity.awsAccount}, ${identity.arn}.`);
  } catch (error) {
    return checkOfTrouble('credentials', error);
  }
}

function checkStatus(name: string, { target, stackStatus }: DescribedGateway): Check {
  if (stackStatus === undefined) return ok(name, `It runs at ${target.apiUrl}.`);
  const status = `The stack is ${stackStatus}`;
  if (BROKEN.test(stackStatus)) {
    const remedy = "CloudFormation's events of the stack name the first cause: settle that, then deploy again.";
    return failed(name, `${status}.`, remedy);
  }
  if (!FINISHED.test(stackStatus))
    return warning(name, `${status}: a deployment is running.`, 'Ask again when it is done.');
  if (ROLLED_BACK.test(stackStatus)) {
    return warning(name, `${status}: the last deployment was undone.`, "CloudFormation's events of the stack say why.");
  }
  return ok(name, `${status}, with every output that is needed; the API is at ${target.apiUrl}.`);
}

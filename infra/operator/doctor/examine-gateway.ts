import type { Clock } from '#shared/clock.ts';
import { knownAccount } from '../known-account.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Check, failed, skipped } from './check.ts';
import { checkAccess } from './check-access.ts';
import { checkAccount } from './check-account.ts';
import { checkSchedules } from './check-schedules.ts';
import { checkServerIps } from './check-server-ips.ts';
import { checkTable, type KnownAccount } from './check-table.ts';
import { checkUpstream } from './check-upstream.ts';
import type { Patient } from './patient.ts';

/** What the doctor works with. */
export interface DoctorSettings {
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly tell: (line: string) => void;
  /** Look at this account only; at all by default. */
  readonly appId: string | undefined;
}

const BEHIND_ACCESS = ['table', 'refresh function', 'WeChat', 'schedules', 'accounts', 'IP lists'];
/** Each look is an invocation, of which an AWS account may have few at once. */
const ACCOUNTS_AT_ONCE = 4;

/**
 * Looks at the whole chain, what others need first: the first failure in the list is the one to settle first. What an earlier failure makes
 * impossible is skipped and says so; nothing is changed.
 * @throws {OperatorFailure} when the account that is asked for is not there
 */
export async function examineGateway({ surroundings, clock, tell, appId }: DoctorSettings): Promise<readonly Check[]> {
  const access = await checkAccess(surroundings, tell);
  if (access.gateway === undefined) {
    return [...access.checks, ...BEHIND_ACCESS.map((name) => skipped(name, 'There is no gateway to look at.'))];
  }
  const described = access.gateway;
  const gateway = surroundings.connect(described.target);
  const patient: Patient = { surroundings, described, gateway, clock, tell };
  const table = await checkTable(patient);
  const upstream = await checkUpstream(patient);
  const schedules = await checkSchedules(patient, table.accounts);
  const behindTable =
    table.accounts === undefined
      ? ['accounts', 'IP lists'].map((name) => skipped(name, 'The table cannot be read.'))
      : [
          ...(await checkAccounts(patient, await chosen(patient, table.accounts, appId), upstream.isReachable)),
          ...(await checkServerIps(patient)),
        ];
  return [...access.checks, table.check, ...upstream.checks, ...schedules, ...behindTable];
}

async function chosen(
  { gateway }: Patient,
  all: readonly KnownAccount[],
  appId: string | undefined,
): Promise<readonly KnownAccount[]> {
  if (appId === undefined) return all;
  const account = await knownAccount(gateway, appId);
  return all.filter((one) => one.account.appId === account.appId);
}

async function checkAccounts(
  patient: Patient,
  accounts: readonly KnownAccount[],
  isReachable: boolean,
): Promise<readonly Check[]> {
  if (accounts.length === 0) {
    const add = patient.surroundings.commandLine('account add <appId> --name <name>');
    return [failed('accounts', 'No account has been added yet.', `Add one: ${add}`)];
  }
  const found = new Map<KnownAccount, readonly Check[]>();
  const queue = accounts.values();
  const worker = async (): Promise<void> => {
    for (const account of queue) found.set(account, await checkAccount(patient, account, isReachable));
  };
  await Promise.all(Array.from({ length: ACCOUNTS_AT_ONCE }, worker));
  return accounts.flatMap((account) => found.get(account) ?? []);
}

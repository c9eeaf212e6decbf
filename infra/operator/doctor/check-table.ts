import type { TokenState } from '#shared/access-token/token-state.ts';
import type { Account } from '#shared/account/account.ts';
import { type Check, failed, ok } from './check.ts';
import { checkOfTrouble } from './check-of-trouble.ts';
import type { Patient } from './patient.ts';

/** An account with its stored token. */
export interface KnownAccount {
  readonly account: Account;
  /** `undefined` when adding it was cut off half-way. */
  readonly state: TokenState | undefined;
}

/** Reads the accounts, which shows that the table is there and answers. @returns no accounts when it does not */
export async function checkTable(
  patient: Patient,
): Promise<{ readonly check: Check; readonly accounts: readonly KnownAccount[] | undefined }> {
  const { gateway, tell } = patient;
  const { tableName } = gateway.target;
  tell(`Reading the table ${tableName} ...`);
  try {
    const appIds = await gateway.accountItems.list();
    const accounts = await Promise.all(appIds.map((appId) => knownAccount(patient, appId)));
    return { check: ok('table', `${tableName} answers.`), accounts: accounts.flat() };
  } catch (error) {
    return { check: isMissing(error) ? missing(patient) : checkOfTrouble('table', error), accounts: undefined };
  }
}

async function knownAccount({ gateway }: Patient, appId: string): Promise<readonly KnownAccount[]> {
  const account = await gateway.accounts.get(appId);
  return account === undefined ? [] : [{ account, state: await gateway.tokens.read(appId) }];
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}

function missing({ gateway, surroundings }: Patient): Check {
  const remedy = surroundings.isLocal
    ? 'Stop the local run and start it again: npm start makes the table anew.'
    : 'Restore it under this name from its point-in-time recovery, which goes back 35 days, or from a backup (runbook, "table missing").';
  return failed('table', `The table ${gateway.target.tableName} does not exist.`, remedy);
}

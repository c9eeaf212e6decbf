import { type Caller, PERMISSIONS } from '#shared/caller/caller.ts';
import { callerItem, readCaller } from '#shared/caller/caller-item.dynamodb.ts';
import { MalformedCaller } from '#shared/caller/caller-store.ts';
import { CATEGORIES } from '#shared/wechat/endpoints.ts';
import { OperatorFailure, usageFailure } from './operator-failure.ts';

/** Entries of a grant. @throws {OperatorFailure} for the first that could not be stored as one; repeats no entry */
export function allowEntries(caller: Caller, entries: readonly string[]): readonly string[] {
  const wrong = entries.findIndex((entry) => !isStorable(caller, entry));
  if (wrong === -1) return entries;
  const categories = CATEGORIES.map((category) => `category:${category}`);
  throw usageFailure(
    `Entry ${wrong + 1} is nothing to grant. Give path patterns that begin with /, such as '/cgi-bin/menu/*', or ${[...categories, ...PERMISSIONS].join(', ')}.`,
  );
}

/** @throws {OperatorFailure} when the caller has no such entry for the account: a typing error must not look like a right taken away */
export function refuseUnknownEntries({ id, grants }: Caller, appId: string, entries: readonly string[]): void {
  const had = grants.filter((grant) => grant.appId === appId).flatMap(({ allow }) => allow);
  if (had.length > 0 && entries.every((entry) => had.includes(entry))) return;
  const has = had.length === 0 ? 'nothing' : had.join(' ');
  throw new OperatorFailure(`Caller ${id} does not have that; for this account it is granted: ${has}.`);
}

function isStorable(caller: Caller, entry: string): boolean {
  try {
    // What the store would check, on this entry alone.
    readCaller(caller.id, callerItem({ ...caller, grants: [{ appId: 'any', allow: [entry] }] }));
    return true;
  } catch (error) {
    if (error instanceof MalformedCaller) return false;
    throw error;
  }
}

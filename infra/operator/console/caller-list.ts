import type { Caller } from '#shared/caller/caller.ts';
import type { OperatorGateway } from '../operator-gateway.ts';
import type { AccountUsage } from './account-usage.ts';

/** A caller with the hour in which one of its keys or roles was last used. */
export interface CallerWithUse {
  readonly caller: Caller;
  /** Epoch milliseconds; `undefined` for never within a year. */
  readonly lastUsedHour: number | undefined;
}

/** The page's line of one caller: no verifier and no sealing key. */
export type ShownCaller = ReturnType<typeof shownCaller>;

/** Reads every caller. @throws the table's error when it does not answer */
export async function readCallers({
  callers,
  callerItems,
  keyUse,
}: Pick<OperatorGateway, 'callers' | 'callerItems' | 'keyUse'>): Promise<readonly CallerWithUse[]> {
  const ids = await callerItems.list();
  const found = await Promise.all(
    ids.map(async (id) => {
      const [caller, uses] = await Promise.all([callers.get(id), keyUse.lastUsedAt(id)]);
      const lastUsedHour = uses.size === 0 ? undefined : Math.max(...uses.values());
      return caller === undefined ? undefined : { caller, lastUsedHour };
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** The callers with what they did today, who called most first. */
export function callerList(callers: readonly CallerWithUse[], usages: readonly AccountUsage[]): readonly ShownCaller[] {
  return callers
    .map((one) => shownCaller(one, usages))
    .toSorted((one, other) => other.calls - one.calls || one.name.localeCompare(other.name));
}

function shownCaller({ caller, lastUsedHour }: CallerWithUse, usages: readonly AccountUsage[]) {
  const { id, name, disabled, keys, grants, roles = [] } = caller;
  const rows = usages.flatMap(({ today }) => today.rows.filter((row) => row.caller === id));
  const sum = (count: 'calls' | 'errors' | 'refused') => rows.reduce((total, row) => total + row[count], 0);
  return {
    callerId: id,
    name,
    disabled,
    activeKeys: keys.filter(({ retiredAt }) => retiredAt === undefined).length,
    roles: roles.length,
    accounts: [...new Set(grants.map(({ appId }) => appId))],
    lastUsedHour: lastUsedHour === undefined ? null : new Date(lastUsedHour).toISOString(),
    calls: sum('calls'),
    errors: sum('errors'),
    refused: sum('refused'),
  };
}

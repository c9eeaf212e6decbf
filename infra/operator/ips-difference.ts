import { type Difference, differenceBetween } from '#shared/server-ips/difference.ts';
import type { ListState } from '#shared/server-ips/list-state.ts';
import type { Ranges } from '#shared/server-ips/ranges.ts';
import type { ServerIpList } from '#shared/server-ips/server-ip-list.ts';
import type { ServerIpsStore } from '#shared/server-ips/server-ips-store.ts';
import { OperatorFailure } from './operator-failure.ts';

/** A difference, and between what. */
export interface ChosenDifference extends Difference {
  readonly from: number;
  readonly to: number | 'pending';
}

/**
 * Without versions, what the pending list would change, or else what the last version has; with one, from that to the applied version.
 * @throws {OperatorFailure} when there is no list yet, or no such version any more
 */
export async function chosenDifference(
  store: Pick<ServerIpsStore, 'read' | 'history'>,
  list: ServerIpList,
  from: number | undefined,
  to: number | undefined,
): Promise<ChosenDifference> {
  const { state } = await store.read(list);
  const { applied, pending } = state;
  if (applied === undefined) throw new OperatorFailure(`There is no ${list} list yet: "ips sync" fetches it.`);
  if (from === undefined && pending !== undefined) {
    return { from: applied.version, to: 'pending', ...differenceBetween(applied.ranges, pending.ranges) };
  }
  const [older, newer] = [from ?? applied.version - 1, to ?? applied.version];
  const versions = await rangesByVersion(store, list, applied);
  return { from: older, to: newer, ...differenceBetween(rangesIn(versions, older), rangesIn(versions, newer)) };
}

/** Every version knows the one before it, so that the oldest that is kept can be compared too. */
async function rangesByVersion(
  store: Pick<ServerIpsStore, 'history'>,
  list: ServerIpList,
  applied: NonNullable<ListState['applied']>,
): Promise<ReadonlyMap<number, Ranges>> {
  const kept = [applied, ...(await store.history(list))];
  return new Map(
    kept.flatMap(({ version, ranges, previous }) => [[version - 1, previous] as const, [version, ranges] as const]),
  );
}

function rangesIn(versions: ReadonlyMap<number, Ranges>, version: number): Ranges {
  const ranges = versions.get(version);
  if (ranges !== undefined) return ranges;
  throw new OperatorFailure(`There is no version ${version}, or it is older than 400 days: "ips history" lists them.`);
}

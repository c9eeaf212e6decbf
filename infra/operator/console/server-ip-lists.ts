import { differenceBetween } from '#shared/server-ips/difference.ts';
import { allRanges, countRanges } from '#shared/server-ips/ranges.ts';
import { SERVER_IP_LISTS, type ServerIpList } from '#shared/server-ips/server-ip-list.ts';
import type { ServerIpsStore } from '#shared/server-ips/server-ips-store.ts';

/** The page's line of one list, with its last change. */
export type ShownServerIpList = Awaited<ReturnType<typeof shownList>>;

/** How both lists stand. @throws the table's error when it does not answer */
export function serverIpLists(store: Pick<ServerIpsStore, 'read'>): Promise<readonly ShownServerIpList[]> {
  return Promise.all(SERVER_IP_LISTS.map((list) => shownList(store, list)));
}

async function shownList(store: Pick<ServerIpsStore, 'read'>, list: ServerIpList) {
  const { applied, checked, pending, refused } = (await store.read(list)).state;
  const change = applied && differenceBetween(applied.previous, applied.ranges);
  return {
    list,
    version: applied?.version ?? 0,
    ranges: applied === undefined ? 0 : countRanges(applied.ranges),
    appliedAt: isoTime(applied?.at),
    reason: applied?.reason ?? null,
    added: change === undefined ? [] : allRanges(change.added),
    removed: change === undefined ? [] : allRanges(change.removed),
    checkedAt: isoTime(checked?.at),
    pendingSince: isoTime(pending?.since),
    refused: refused === undefined ? null : { reason: refused.reason, text: refused.text, at: isoTime(refused.at) },
  };
}

function isoTime(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString();
}

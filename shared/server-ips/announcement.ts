import { type Difference, differenceBetween } from './difference.ts';
import type { ListVersion } from './list-state.ts';
import { countRanges, type Ranges } from './ranges.ts';
import type { ServerIpList } from './server-ip-list.ts';

/** A new version of a list, for those who have to know. */
export interface ServerIpsChange extends ListVersion {
  readonly stage: string;
  readonly list: ServerIpList;
  readonly difference: Difference;
}

/** Somewhere to tell of a change. */
export interface Announcer {
  /** Tells once; called again for the same version when it is unknown whether it was told. @throws when it was not */
  announce(change: ServerIpsChange): Promise<void>;
}

/** The change that a version is. */
export function changeOf(stage: string, list: ServerIpList, version: ListVersion): ServerIpsChange {
  return { ...version, stage, list, difference: differenceBetween(version.previous, version.ranges) };
}

/** Each of the four parts of a difference; EventBridge takes 256 KB in all (API reference, PutEvents). */
const LONGEST_PART_BYTES = 50_000;

/** The event's `detail`, documented in docs/server-ips.md. Always under 256 KB. */
export interface ChangeDetail {
  readonly schemaVersion: 1;
  readonly stage: string;
  readonly list: ServerIpList;
  readonly version: number;
  /** ISO 8601. */
  readonly changedAt: string;
  readonly reason: ListVersion['reason'];
  readonly account: string;
  readonly added: Ranges;
  readonly removed: Ranges;
  readonly addedRanges: number;
  readonly removedRanges: number;
  /** How many ranges the list has now. */
  readonly ranges: number;
  /** Whether `added` and `removed` are all there is; otherwise they are the beginning. */
  readonly complete: boolean;
}

/** What the event says of a change. */
export function detailOf(change: ServerIpsChange): ChangeDetail {
  const { stage, list, version, at, reason, account, ranges, difference } = change;
  const [added, removed] = [beginning(difference.added), beginning(difference.removed)];
  const [addedRanges, removedRanges] = [countRanges(difference.added), countRanges(difference.removed)];
  return {
    schemaVersion: 1,
    stage,
    list,
    version,
    changedAt: new Date(at).toISOString(),
    reason,
    account,
    added,
    removed,
    addedRanges,
    removedRanges,
    ranges: countRanges(ranges),
    complete: countRanges(added) === addedRanges && countRanges(removed) === removedRanges,
  };
}

function beginning({ v4, v6 }: Ranges): Ranges {
  return { v4: withinBytes(v4), v6: withinBytes(v6) };
}

function withinBytes(texts: readonly string[]): readonly string[] {
  let bytes = 0;
  // Two quotes and a comma come with each.
  const end = texts.findIndex((text) => (bytes += text.length + 3) > LONGEST_PART_BYTES);
  return end === -1 ? texts : texts.slice(0, end);
}

import { isServerIpList, type ServerIpList } from './server-ip-list.ts';

/** What `sync-server-ips` is invoked with: the schedule and operators send `{}` for a sync; an approval names the pending list. */
export type SyncEvent =
  | { readonly kind: 'sync' }
  | { readonly kind: 'approve'; readonly list: ServerIpList; readonly since: number };

/** The event is none of ours. Repeats nothing of it. */
export class MalformedSyncEvent extends TypeError {
  override readonly name = 'MalformedSyncEvent';
}

/** The event of an approval, as {@link parseSyncEvent} reads it. */
export function approvalEvent(list: ServerIpList, since: number): { readonly approve: object } {
  return { approve: { list, since } };
}

/** @throws {MalformedSyncEvent} for anything but `{}` and `{"approve": {"list", "since"}}` */
export function parseSyncEvent(event: unknown): SyncEvent {
  if (!isRecord(event)) throw new MalformedSyncEvent('The event must be an object: {} for a sync.');
  const { approve, ...others } = event;
  if (Object.keys(others).length > 0) throw new MalformedSyncEvent('The event has a field other than approve.');
  if (approve === undefined) return { kind: 'sync' };
  const { list, since } = isRecord(approve) ? approve : {};
  if (isServerIpList(list) && typeof since === 'number' && Number.isSafeInteger(since)) {
    return { kind: 'approve', list, since };
  }
  throw new MalformedSyncEvent(
    'The field approve must hold a list, and since when it is pending (epoch milliseconds).',
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

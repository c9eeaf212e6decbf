import type { CallerKeyRecord } from '../../shared/caller/caller.ts';
import { createCallerKey, recordOf } from '../../shared/caller/caller-key.ts';
import { markCallerKey, type Rig } from '../gateway-rig.ts';

/** Gives the rig's caller one more key, as an operator does, and returns it. */
export async function addKey(rig: Rig): Promise<string> {
  const key = createCallerKey(rig.callerId);
  markCallerKey(rig.canary, key);
  await changeKeys(rig, (records) => [...records, recordOf(key, rig.clock.now())]);
  return key;
}

/** Ends new tokens of this key; those handed out live on. */
export async function retireKey(rig: Rig, key: string): Promise<void> {
  const { keyId } = recordOf(key, 0);
  const retire = (record: CallerKeyRecord) =>
    record.keyId === keyId ? { ...record, retiredAt: rig.clock.now() } : record;
  await changeKeys(rig, (records) => records.map(retire));
}

/** Ends everything of this key: it leaves no record. */
export async function revokeKey(rig: Rig, key: string): Promise<void> {
  const { keyId } = recordOf(key, 0);
  await changeKeys(rig, (records) => records.filter((record) => record.keyId !== keyId));
}

async function changeKeys(
  { callers, callerId }: Rig,
  change: (records: readonly CallerKeyRecord[]) => readonly CallerKeyRecord[],
): Promise<void> {
  const caller = await callers.get(callerId);
  if (caller === undefined) throw new Error('the rig has no caller');
  await callers.put({ ...caller, keys: change(caller.keys) });
}

import { randomBytes } from 'node:crypto';
import type { Grant } from '#shared/caller/caller.ts';
import { createCallerId, createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { createSealingKey } from '#shared/caller/user-token.ts';
import { markCallerKey, type Rig } from '../gateway-rig.ts';

/** A caller beside the rig's own. */
export interface AddedCaller {
  readonly grants: readonly Grant[];
  readonly disabled?: boolean;
  readonly retiredAt?: number;
}

/** Adds a caller and returns the headers that present its key. */
export async function addCaller(rig: Rig, { grants, disabled = false, retiredAt }: AddedCaller) {
  const id = createCallerId();
  const key = createCallerKey(id);
  markCallerKey(rig.canary, key);
  const record = { ...recordOf(key, 0), ...(retiredAt !== undefined && { retiredAt }) };
  await rig.callers.put({ id, name: 'added', disabled, keys: [record], sealingKey: createSealingKey(), grants });
  return { authorization: `Bearer ${key}` };
}

/** An app ID and an app secret in WeChat's shape, new for every rig. */
export function simulatedAccount() {
  return { appId: `wx${randomBytes(8).toString('hex')}`, appSecret: randomBytes(16).toString('hex') };
}

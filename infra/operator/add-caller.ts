import type { Caller, Grant } from '#shared/caller/caller.ts';
import { parseCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import type { CallerStore } from '#shared/caller/caller-store.ts';
import { createSealingKey } from '#shared/caller/user-token.ts';
import type { Clock } from '#shared/clock.ts';

/** Where a caller is entered. */
export interface AddCallerDependencies {
  readonly callers: CallerStore;
  readonly clock: Pick<Clock, 'now'>;
}

/** A caller as an operator enters it. */
export interface NewCaller {
  /** Its id is the first part of the caller key's. */
  readonly callerKey: string;
  readonly name: string;
  readonly grants: readonly Grant[];
}

/**
 * Enters a caller with its first key. A caller that is there already keeps its name, its other keys and its grants for other accounts, and
 * gets this key and these grants; the same call again changes nothing. Of the key only a verifier is stored.
 * @throws {TypeError} when the text is not a caller key or its id is taken by another, and the table's error when it does not answer
 */
export async function addCaller(
  { callers, clock }: AddCallerDependencies,
  { callerKey, name, grants }: NewCaller,
): Promise<void> {
  const key = recordOf(callerKey, clock.now());
  const id = parseCallerKey(callerKey)?.callerId ?? '';
  const present: Caller = (await callers.get(id)) ?? {
    id,
    name,
    disabled: false,
    keys: [],
    sealingKey: createSealingKey(),
    grants: [],
  };
  const sameId = present.keys.find(({ keyId }) => keyId === key.keyId);
  if (sameId !== undefined && sameId.verifier !== key.verifier) {
    throw new TypeError('The caller has another key with the same id: make a new key.');
  }
  await callers.put({
    ...present,
    keys: sameId === undefined ? [...present.keys, key] : present.keys,
    grants: [...present.grants.filter(({ appId }) => grants.every((grant) => grant.appId !== appId)), ...grants],
  });
}

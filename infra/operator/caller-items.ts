import type { Caller } from '#shared/caller/caller.ts';

/** What operators alone do to the items of callers. Every method throws the table's error when it does not answer. */
export interface CallerItems {
  /** The ids of all callers, sorted. */
  list(): Promise<readonly string[]>;
  /**
   * Stores what `change` makes of the caller as it is now: never on top of what another operator has changed meanwhile, who may just have
   * revoked a key. `change` may be called several times.
   * @returns the caller as stored, `undefined` when there is none
   */
  change(callerId: string, change: (caller: Caller) => Caller): Promise<Caller | undefined>;
  /** Deletes everything that is kept about the caller. Again it changes nothing. */
  remove(callerId: string): Promise<void>;
}

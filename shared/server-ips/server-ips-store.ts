import type { ListState, ListVersion } from './list-state.ts';
import type { ServerIpList } from './server-ip-list.ts';

/** A state as it was read, and what proves that nobody has written since. */
export interface StoredList {
  readonly state: ListState;
  /** +1 per write; 0 when nothing is stored. */
  readonly revision: number;
}

/** The stored lists, one item each, and their history. Every method throws the store's own error when the table does not answer. */
export interface ServerIpsStore {
  /** A strongly consistent read. */
  read(list: ServerIpList): Promise<StoredList>;
  /** Like {@link read} at half the price, possibly a moment old. */
  glance(list: ServerIpList): Promise<StoredList>;
  /**
   * Writes the whole state if nobody has written since `revision`; `false` when somebody has. A write whose answer was lost and that had happened
   * counts as done.
   */
  replace(list: ServerIpList, state: ListState, revision: number): Promise<boolean>;
  /** Adds a version to the history, kept for 400 days from when it was applied; the same call again changes nothing. */
  record(list: ServerIpList, version: ListVersion): Promise<void>;
  /** The versions of the last 400 days, the newest first. */
  history(list: ServerIpList): Promise<readonly ListVersion[]>;
}

/**
 * Reads a list's state, has it changed and writes it, again from the start while somebody else writes in between. `change` returns `undefined` for
 * nothing to write. Resolves with the state as it is then, and whether `change` was written.
 * @throws {Error} when others keep writing
 */
export async function changeState(
  store: Pick<ServerIpsStore, 'read' | 'replace'>,
  list: ServerIpList,
  change: (state: ListState) => ListState | undefined,
): Promise<{ readonly state: ListState; readonly written: boolean }> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const { state, revision } = await store.read(list);
    const changed = change(state);
    if (changed === undefined) return { state, written: false };
    if (await store.replace(list, changed, revision)) return { state: changed, written: true };
  }
  throw new Error(`The ${list} list was written by others ${MOST_ATTEMPTS} times in a row: try again.`);
}

/** More syncs at the same moment than anybody starts. */
const MOST_ATTEMPTS = 10;

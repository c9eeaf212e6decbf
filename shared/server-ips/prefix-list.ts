import type { AddressFamily } from './firewall-settings.ts';

/** A managed prefix list as EC2 describes it. */
export interface PrefixListState {
  readonly family: AddressFamily;
  /** Counts changes of the entries; a modification must name the current one. */
  readonly version: number;
  /** The list's size. Everything that refers to the list counts it in full against its own quota. */
  readonly maxEntries: number;
  /** EC2's word: `create-`, `modify-`, `restore-` or `delete-` with `in-progress`, `complete` or `failed`. */
  readonly state: string;
  /** EC2's reason for a failed state; empty without one. */
  readonly stateMessage: string;
}

/** Entries to add or to remove, as CIDR texts; 1 to 100. */
export type EntryChange = { readonly add: readonly string[] } | { readonly remove: readonly string[] };

/** `conflict`: nothing was changed, because somebody else changed or is changing the list; read it again. */
export type ModificationAnswer = 'accepted' | 'conflict';

/** EC2's managed prefix lists. A modification is `accepted` first and takes effect when the state says `modify-complete`. */
export interface PrefixLists {
  /** `undefined` when there is no such list. @throws what EC2 answers otherwise */
  describe(id: string): Promise<PrefixListState | undefined>;
  /** All entries of one version. */
  entries(id: string, version: number): Promise<readonly string[]>;
  /** @throws what EC2 answers, quotas among it */
  change(id: string, version: number, change: EntryChange): Promise<ModificationAnswer>;
  /** Changes the size alone, which makes no new version. @throws what EC2 answers, quotas among it */
  resize(id: string, maxEntries: number): Promise<ModificationAnswer>;
}

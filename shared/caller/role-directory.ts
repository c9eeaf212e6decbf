import type { Clock } from '../clock.ts';
import { createEntryCache, type StaleEntry } from './entry-cache.ts';
import type { RoleStore } from './role-store.ts';

/** The callers' IAM roles as one environment sees them. */
export interface RoleDirectory {
  /**
   * The id of the caller that a role is entered for, at most 45 s old, or 5 minutes while the store does not answer; `undefined` when it is nobody's.
   * @throws the store's error when it does not answer and no entry is young enough
   */
  callerIdOf(roleId: string): Promise<string | undefined>;
}

/** What the directory needs. */
export interface RoleDirectoryDependencies {
  readonly store: Pick<RoleStore, 'callerIdOf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly onStale: (stale: StaleEntry) => void;
}

/** A bounded cache in front of the store, see {@link createEntryCache}. */
export function createRoleDirectory({ store, clock, onStale }: RoleDirectoryDependencies): RoleDirectory {
  const entries = createEntryCache({ read: (roleId) => store.callerIdOf(roleId), clock, onStale });
  return { callerIdOf: (roleId) => entries.find(roleId) };
}

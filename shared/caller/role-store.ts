/** Which caller an IAM role's signed calls are for: an index to the callers' own items, which have the last word. */
export interface RoleStore {
  /**
   * The caller's id; `undefined` when no caller has the role.
   * @throws {MalformedItem} when what is stored is no such entry, and the table's error when it does not answer
   */
  callerIdOf(roleId: string): Promise<string | undefined>;
  /**
   * Enters a role for a caller; again changes nothing.
   * @returns false when it is another caller's
   */
  add(roleId: string, callerId: string): Promise<boolean>;
  /** Takes a role out that is the caller's; one that is another's or nobody's stays as it is. */
  remove(roleId: string, callerId: string): Promise<void>;
}

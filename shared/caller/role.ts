/** An IAM role whose signed calls are a caller's. */
export interface RoleRecord {
  /**
   * The role's unique id, `AROA` and more capitals and digits. Unlike its name it never comes back: a role that is deleted and made again has
   * another (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html, "Unique identifiers"). Not secret.
   */
  readonly roleId: string;
  /** Epoch milliseconds. */
  readonly addedAt: number;
}

/** Whether a text has the form of a role's unique id. Users, groups and instance profiles have other first letters. */
export function isRoleId(text: string): boolean {
  return /^AROA[A-Z0-9]{12,124}$/.test(text);
}

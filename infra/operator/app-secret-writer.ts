/** How an account's secret is kept; never its value. */
export type AppSecretPresence =
  | { readonly state: 'absent' }
  | { readonly state: 'present' | 'pending-deletion'; readonly changedAt: number | undefined };

/** Where operators put app secrets; the functions can only read them. */
export interface AppSecretWriter {
  /** Stores the account's app secret in place of any other, always as a new version: a pause that a refused secret had caused ends with it. */
  put(appId: string, appSecret: string): Promise<void>;
  /** Whether there is a secret, and since when (epoch milliseconds). */
  presence(appId: string): Promise<AppSecretPresence>;
  /** Ends a pending deletion; without one it changes nothing. */
  restore(appId: string): Promise<void>;
  /**
   * Deletes the secret; for so many days (7 to 30) it can be restored. Already pending, or absent, changes nothing.
   * @returns when it will be gone for good, epoch milliseconds, if it was this call that deleted it
   */
  remove(appId: string, recoveryDays: number): Promise<number | undefined>;
}

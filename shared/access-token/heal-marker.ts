/** How long one environment's heal keeps the others from starting one for the same token: a lease, and its end seen by every clock. */
export const HEAL_MARKER_MS = 7_500;

/** The markers by which a thousand callers of a dead token start one refresh. */
export interface HealMarkers {
  /**
   * Claims the heal of a token: `true` when there is no marker for this very fingerprint younger than 7.5 s.
   * @param fingerprint of the refused token, or {@link NO_TOKEN}
   * @throws the table's error when it does not answer
   */
  claim(appId: string, fingerprint: string, now: number): Promise<boolean>;
}

/** Stands for the fingerprint where there is no token to be refused. */
export const NO_TOKEN = 'none';

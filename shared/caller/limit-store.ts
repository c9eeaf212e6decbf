import type { LimitWindow } from './limit-window.ts';

/** Calls that an environment wants to have for itself. */
export interface Reservation {
  /** Whose window it is: a caller's id, or an app ID for a quota that callers share. */
  readonly callerId: string;
  readonly window: Pick<LimitWindow, 'id' | 'endsAt'>;
  /** How many, at least 1. */
  readonly calls: number;
  /** What all reservations in this window may come to, these calls included. */
  readonly most: number;
}

/** Where all environments reserve calls, so that together they stay within a caller's limits. */
export interface LimitStore {
  /**
   * Reserves all the calls or none of them, in one write that no other comes between. A write whose answer was lost may have reserved them all
   * the same: then they are lost to everybody, and the limit still holds.
   * @returns what the reservations in this window come to now; `undefined` when nothing was reserved, because that would be over `most`
   * @throws the table's error when it does not answer
   */
  reserve(reservation: Reservation): Promise<number | undefined>;
}

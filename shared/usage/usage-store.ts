import type { DayUsage } from './day-usage.ts';

/** How long counts are kept after their day. */
export const USAGE_KEPT_DAYS = 95;

/** What one environment has counted of one account in one day so far. */
export interface EnvironmentUsage {
  readonly appId: string;
  /** `YYYYMMDD` in UTC+8. */
  readonly day: string;
  /** Whose counts they are: nobody else ever stores under it for this account and day. Letters and digits. */
  readonly countedBy: string;
  /** Ascends with what one environment stores. */
  readonly sequence: number;
  /** Everything since the environment began to count, not what is new. */
  readonly usage: DayUsage;
}

/** The counts of a day, of all environments together. */
export interface SummedUsage {
  readonly usage: DayUsage;
  /** How many environments have counted. */
  readonly environments: number;
}

/** Where counts are kept, for {@link USAGE_KEPT_DAYS} days. Every method throws the table's error when it does not answer. */
export interface UsageStore {
  /**
   * Stores what an environment has counted in place of what it stored before. It may be repeated, whether or not it had happened, and nothing is
   * counted twice; a write that arrives after a later one changes nothing.
   */
  put(counted: EnvironmentUsage): Promise<void>;
  /** Sums up what all environments have stored; costs a read of them all. */
  sum(appId: string, day: string): Promise<SummedUsage>;
  /** The sum that {@link keepSum} has kept, in one read; `undefined` when none was. */
  keptSum(appId: string, day: string): Promise<SummedUsage | undefined>;
  /** Keeps the sum of a day that nobody counts in any more. Again it changes nothing. */
  keepSum(appId: string, day: string, summed: SummedUsage): Promise<void>;
}

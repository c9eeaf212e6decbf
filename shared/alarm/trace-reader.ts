import type { Alarm } from './alarm.ts';

/** A line of the logs, parsed: ours, or AWS's own; with `timestamp`, an ISO text. */
export type LogLine = Readonly<Record<string, unknown>>;

/** What the logs hold of an alarm's cause. */
export interface FoundTrace {
  /** In order of time. */
  readonly lines: readonly LogLine[];
  /** Whether that is all: a storm of failures, or of anything else, is not read to its end. */
  readonly complete: boolean;
}

/** Finds the lines in which an alarm's cause stands. */
export interface TraceReader {
  /**
   * @param from epoch milliseconds
   * @throws the client's error when the logs cannot be read
   */
  read(alarm: Alarm, from: number): Promise<FoundTrace>;
}

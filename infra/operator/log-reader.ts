import type { LoggedFunction } from './target.ts';

/** Which lines are wanted. Those of account and request id are of our own functions, whose lines are JSON. */
export interface LogQuery {
  /** Epoch milliseconds. */
  readonly since: number;
  /** All by default. */
  readonly functionName?: LoggedFunction | undefined;
  readonly account?: string | undefined;
  readonly rid?: string | undefined;
  /** Only lines of measurements that hold this metric. */
  readonly metric?: string | undefined;
}

/** One line that a function has written. */
export interface LogEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Absent in the local run, whose functions write to one file. */
  readonly functionName?: LoggedFunction | undefined;
  readonly text: string;
  /** Names the entry among all of its function. */
  readonly id: string;
}

/** What the functions have written. */
export interface LogReader {
  /**
   * The entries, the earliest first. On AWS a line can be read some seconds after it was written.
   * @throws {OperatorFailure} when the function's log is not known, and the client's error when it cannot be read
   */
  read(query: LogQuery): Promise<readonly LogEntry[]>;
}

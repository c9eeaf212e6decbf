/** A schedule as it stands. */
export interface ScheduleState {
  readonly enabled: boolean;
  /** `rate(1 minute)`, `cron(...)`. */
  readonly expression: string;
}

/** How schedules stand. */
export interface ScheduleReader {
  /** @returns `undefined` when there is no such schedule. @throws the client's error when it cannot be read */
  read(name: string): Promise<ScheduleState | undefined>;
}

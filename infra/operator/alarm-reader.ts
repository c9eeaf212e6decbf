/** An alarm as it stands in CloudWatch, or as it stood within the last day. */
export interface AlarmState {
  /** Its name in CloudWatch. */
  readonly name: string;
  readonly state: 'on' | 'off';
  /** When it went on or off, epoch milliseconds. */
  readonly since: number;
  /** CloudWatch's own words: which datapoints crossed which threshold. */
  readonly reason: string;
}

/** How a stage's alarms stand. */
export interface AlarmReader {
  /** The alarms that are on, and those that went off at `since` (epoch milliseconds) or later. @throws the client's error when they cannot be read */
  read(since: number): Promise<readonly AlarmState[]>;
}

/** What the faults of an environment file say about one of its fields. */
export interface EnvironmentField {
  /** What the field has to be, a sentence without its subject: `must be ...`. */
  readonly rule: string;
  /** JSON that is right. */
  readonly example: string;
}

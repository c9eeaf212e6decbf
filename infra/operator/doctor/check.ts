/** How a check ended. `warning`: calls go on, but somebody should look; `skipped`: it could not be made, or does not apply. */
export type CheckState = 'ok' | 'warning' | 'failed' | 'skipped';

/** One thing that the doctor has looked at. Holds no secret. */
export interface Check {
  readonly name: string;
  /** The app ID, for a check of one account. */
  readonly account?: string;
  readonly state: CheckState;
  /** What was found, in whole sentences; for a failure the cause, for a skipped check why. */
  readonly finding: string;
  /** The next step, in whole sentences; only for warnings and failures. */
  readonly remedy?: string;
}

/** All is well. */
export function ok(name: string, finding: string): Check {
  return { name, state: 'ok', finding };
}

/** Somebody should look. */
export function warning(name: string, finding: string, remedy: string): Check {
  return { name, state: 'warning', finding, remedy };
}

/** The gateway, or an account, does not work. */
export function failed(name: string, finding: string, remedy: string): Check {
  return { name, state: 'failed', finding, remedy };
}

/** Not looked at. */
export function skipped(name: string, why: string): Check {
  return { name, state: 'skipped', finding: why };
}

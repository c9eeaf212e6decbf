import type { Operator } from './operator.ts';

/** A check as `doctor --json` prints it. */
interface PrintedCheck {
  readonly name: string;
  readonly account?: string;
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly finding: string;
}

/** What `doctor` says. */
export interface Diagnosis {
  readonly healthy: boolean;
  readonly cause: string | null;
  readonly remedy: string | null;
  readonly checks: readonly PrintedCheck[];
}

/** Runs `doctor` on the deployed stage. @throws {Error} when its exit code is not that of its verdict */
export async function askDoctor(operator: Operator): Promise<Diagnosis> {
  const { exitCode, json } = await operator(['doctor'], { accept: [0, 1] });
  // It is its own answer, printed by this very version.
  const diagnosis = json as unknown as Diagnosis;
  if (diagnosis.healthy !== (exitCode === 0)) throw new Error(`exit code ${exitCode}, healthy ${diagnosis.healthy}`);
  return diagnosis;
}

/** Gives the diagnosis back. @throws {Error} with every failed check, if there is one */
export function expectHealthy(diagnosis: Diagnosis): Diagnosis {
  const failures = diagnosis.checks.filter(({ state }) => state === 'failed');
  if (failures.length === 0) return diagnosis;
  throw new Error(failures.map(({ name, finding }) => `${name}: ${finding}`).join(' | '));
}

/** What it warns of, in a few words. */
export function warningsOf({ checks }: Diagnosis): string {
  const warnings = checks.filter(({ state }) => state === 'warning').map(({ name }) => name);
  return warnings.length === 0 ? 'no warning' : `with warnings about ${warnings.join(', ')}`;
}

/** @throws {Error} unless the first line is such a cause and the second such a remedy */
export function expectSick({ cause, remedy }: Diagnosis, causeOf: RegExp, remedyOf: RegExp): void {
  if (causeOf.test(cause ?? '') && remedyOf.test(remedy ?? '')) return;
  throw new Error(`the cause is "${cause}", the remedy "${remedy}"`);
}

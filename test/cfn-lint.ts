import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where `.ci/run` puts cfn-lint (https://github.com/aws-cloudformation/cfn-lint); `CFN_LINT` names another. */
const CFN_LINT = process.env['CFN_LINT'] ?? join(import.meta.dirname, '../build/cfn-lint/bin/cfn-lint');

/** False where nobody installed cfn-lint: tests with it are skipped then, and say so in their name. */
export const hasCfnLint = existsSync(CFN_LINT);

/** A dependency that a reference implies already. The CDK names the role's policies, and the role with them, before each function: no harm. */
const IGNORED = 'W3005';

/**
 * What cfn-lint finds in templates for any of these regions, one finding a line; empty when they are clean. Errors and warnings; hints are
 * about how people write templates.
 * @throws {Error} when it cannot be run
 */
export function cfnLint(regions: readonly string[], templates: readonly string[]): string {
  const options = ['--format', 'parseable', '--ignore-checks', IGNORED, '--regions', ...regions, '--'];
  const { error, stdout, stderr } = spawnSync(CFN_LINT, [...options, ...templates], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return stdout + stderr;
}

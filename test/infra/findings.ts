import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import * as v from 'valibot';

const report = v.object({
  pluginReports: v.array(
    v.object({
      violations: v.array(
        v.object({ ruleName: v.string(), violatingConstructs: v.array(v.object({ constructPath: v.string() })) }),
      ),
    }),
  ),
});

/**
 * Synthesises an app and returns what its validations found and nobody acknowledged: `construct: rule`, sorted. Errors, for which the synthesis
 * throws, and warnings, for which it does not always.
 */
export function findingsOf(app: App): readonly string[] {
  const file = join(app.outdir, 'validation-report.json');
  try {
    app.synth();
  } catch (error) {
    if (!existsSync(file)) throw error;
  }
  const { pluginReports } = v.parse(report, JSON.parse(readFileSync(file, 'utf8')));
  return pluginReports
    .flatMap(({ violations }) => violations)
    .flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${constructPath}: ${ruleName}`),
    )
    .toSorted();
}

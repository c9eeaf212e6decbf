import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GROUPS } from './groups.ts';
import { LEAST_KILLED_PERCENT, scoresOf, textOfScores } from './scores.ts';

const ROOT = join(import.meta.dirname, '../..');
const STRYKER = join(import.meta.dirname, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const REPORT = join(ROOT, 'build/mutation/report.json');
const USAGE = `Usage: npm run mutation [-- <group or file>...]

Changes the code in every way that Stryker knows, in a copy, and looks whether a test fails. Without arguments all groups: ${Object.keys(GROUPS).join(', ')}.
All of it takes some twenty minutes on two cores. The report is build/mutation/report.html; docs/mutation.md explains the changes that no test notices.
`;

/**
 * `npm run mutation`: installs Stryker (https://stryker-mutator.io) if it is not there, runs it at the lowest priority that is any use, and prints how
 * many changes each group's tests noticed.
 * @returns the exit code: 0, 1 when a group's tests noticed too few or Stryker failed, 2 for arguments that name nothing
 */
function main(names: readonly string[]): number {
  const files = filesOf(names.length === 0 ? Object.keys(GROUPS) : names);
  if (files === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  installStryker();
  const stryker = [STRYKER, 'run', 'test/mutation/stryker.config.ts', '--mutate', files.join(',')];
  if (!succeeds('nice', ['-n', '10', process.execPath, ...stryker])) return 1;
  const scores = scoresOf(JSON.parse(readFileSync(REPORT, 'utf8')));
  process.stdout.write(textOfScores(scores));
  return scores.every(({ killedPercent }) => killedPercent >= LEAST_KILLED_PERCENT) ? 0 : 1;
}

function filesOf(names: readonly string[]): readonly string[] | undefined {
  const every = Object.values(GROUPS).flat();
  const found = names.map((name) => GROUPS[name] ?? every.filter((file) => file === name));
  return found.some((files) => files.length === 0) ? undefined : found.flat();
}

/** Its own package with its own lock, so that `npm ci` does not bring it to those who do not need it. */
function installStryker(): void {
  if (existsSync(STRYKER)) return;
  process.stdout.write('Installing Stryker: npm ci --prefix test/mutation\n');
  const install = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', import.meta.dirname];
  if (!succeeds('npm', install)) throw new Error('Stryker could not be installed: npm has said why. Try again then.');
}

/** @throws the system's error when there is no such program */
function succeeds(program: string, words: readonly string[]): boolean {
  const { status, error } = spawnSync(program, words, { cwd: ROOT, stdio: 'inherit' });
  if (error !== undefined) throw error;
  return status === 0;
}

process.exitCode = main(process.argv.slice(2));

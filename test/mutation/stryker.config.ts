import { cpus } from 'node:os';

/** What Stryker is told; `run.ts` adds which files to change (https://stryker-mutator.io/docs/stryker-js/configuration/). */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: Math.min(2, cpus().length),
  // On a busy machine a test that waits for sockets must not pass for one that hangs.
  timeoutMS: 15_000,
  tempDirName: 'build/mutation/sandbox',
  cleanTempDir: 'always',
  // Without tsconfig.json, which Stryker would rewrite with a part of TypeScript that version 7 does not have.
  ignorePatterns: [
    '/.ci',
    '/build',
    '/cdk.out',
    '/docs',
    '/test/bench',
    '/test/rehearsal',
    '/test/sdk',
    '/tsconfig.json',
  ],
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  jsonReporter: { fileName: 'build/mutation/report.json' },
  htmlReporter: { fileName: 'build/mutation/report.html' },
};

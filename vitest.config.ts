import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { integrationOnDynamodbLocal } from './test/dynamodb-local-suite.ts';
import { LongestFirst } from './test/longest-first.ts';

const project = (name: string, testTimeout: number, more: TestProjectInlineConfiguration['test'] = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout, ...more },
});
/** Starts DynamoDB Local, once for all projects that run on it. */
const globalSetup = 'test/dynamodb-global-setup.ts';
/** Draws one seed for all property tests, and prints it. */
const FROM_ONE_SEED = {
  globalSetup: 'test/property/fuzzing/choose-seed.ts',
  setupFiles: 'test/property/fuzzing/use-seed.ts',
};

// The ceilings only end a test that hangs: no test asserts how long anything took.
export default defineConfig({
  test: {
    // Vitest's default leaves one out, which is half of a machine with two.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      project('unit', 30_000),
      project('property', 300_000, FROM_ONE_SEED),
      project('contract', 60_000, { globalSetup }),
      project('integration', 300_000),
      project('integration-dynamodb-local', 300_000, { globalSetup, ...integrationOnDynamodbLocal() }),
      project('infra', 300_000),
      project('sdk', 300_000),
    ],
  },
});

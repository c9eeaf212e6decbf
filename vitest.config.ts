import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout },
});

// The ceilings only end a test that hangs: no test asserts how long anything took.
export default defineConfig({
  test: {
    projects: [
      project('unit', 30_000),
      project('property', 300_000),
      project('contract', 60_000),
      project('integration', 300_000),
      project('infra', 300_000),
      project('sdk', 300_000),
    ],
  },
});

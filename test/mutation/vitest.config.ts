import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Unit tests first: the first test that notices a change ends its run. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => other.moduleId.localeCompare(one.moduleId));
  }
}

/**
 * The tests that may notice a change; Stryker runs of them, for each change, those that reach the changed line. Property tests are left out, since
 * each change would cost thousands of cases: what only they would notice has a unit test too.
 */
export default defineConfig({
  test: {
    include: [
      'test/unit/{commit-order,commit-order-late-commits,failure,heal,lease-rules,refresh-under-lease-issues,refresh-under-lease-probes,tick,token-reader,token-store-repeated-writes}.test.ts',
      'test/unit/{api-call-authenticate,caller-base62,caller-gateway-token,caller-key}.test.ts',
      'test/unit/{api-call-doors,api-call-path,api-call-path-prefix,api-call-query,api-call-request}.test.ts',
      'test/unit/{server-ips,server-ips-cidr,server-ips-intervals}.test.ts',
      'test/contract/token-store-{acquire,commit,due,ends,extend,operator}.test.ts',
    ],
    setupFiles: ['test/mutation/fixed-seed.ts'],
    sequence: { sequencer: QuickestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The test files that take over half a minute each, as their paths end. */
const LONG = [
  'property/refresh.test.ts',
  'integration/thousand-callers.test.ts',
  'infra/cfn-lint.test.ts',
  'integration/full-day.test.ts',
  'integration/ticket.test.ts',
  'integration/start-failures.test.ts',
  'integration/faults-token-endpoint.test.ts',
  'property/usage-environments.test.ts',
];

/** Begins with the longest test files: one that is begun last keeps one core busy and leaves the others idle. The rest goes by Vitest's own order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer's, which is no array
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((path) => moduleId.endsWith(path));
  return place === -1 ? LONG.length : place;
}

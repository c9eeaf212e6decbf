import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';

const cdkFile = v.object({ context: v.record(v.string(), v.unknown()) });

it("cdk.json has every feature flag as the CDK's version recommends it", () => {
  const recommended: unknown = createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json');
  const file = readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8');
  const { context } = v.parse(v.pipe(v.string(), v.parseJson(), cdkFile), file);
  expect(context).toMatchObject(v.parse(v.record(v.string(), v.unknown()), recommended));
});

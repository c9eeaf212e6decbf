import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cfnLint, hasCfnLint } from '../cfn-lint.ts';
import { textsOfAllShapes } from './stage-shapes.ts';
import { temporaryFolder } from './temporary-folder.ts';

const reason = hasCfnLint ? '' : ' (skipped: cfn-lint is not installed, see .ci/run)';

describe.skipIf(!hasCfnLint)(`cfn-lint${reason}`, () => {
  it('finds nothing in the templates of any shape of a stage, in any of the three regions', () => {
    const folder = temporaryFolder();
    const files = [...textsOfAllShapes()].map(([stage, text]) => {
      const file = join(folder, `${stage}.json`);
      writeFileSync(file, text);
      return file;
    });
    expect(cfnLint(['ap-southeast-1', 'ap-east-1', 'cn-north-1'], files)).toBe('');
  }, 120_000);

  it('does look', () => {
    const file = join(temporaryFolder(), 'careless.json');
    const careless = { Type: 'AWS::SQS::Queue', Properties: { Colour: 1 } };
    writeFileSync(file, JSON.stringify({ Resources: { Queue: careless } }));
    expect(cfnLint(['ap-southeast-1'], [file])).toContain('E3002');
  }, 60_000);
});

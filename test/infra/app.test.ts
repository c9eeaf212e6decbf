import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** Runs the CDK app as the CDK CLI would for `-c stage=<stage>`. */
function runApp(stage: string): { status: number | null; stderr: string } {
  const environment = {
    CDK_OUTDIR: temporaryFolder(),
    CDK_CONTEXT_JSON: JSON.stringify({ stage }),
  };
  const app = join(import.meta.dirname, '../../infra/app.ts');
  return spawnSync(process.execPath, [app], { env: environment, encoding: 'utf8' });
}

describe('the CDK app', () => {
  it('refuses a stage whose name is not one, before it builds anything, without a stack trace', () => {
    expect(runApp('../dev')).toMatchObject({
      status: 1,
      stderr:
        'The stage "../dev" is not usable:\n  - stage: must be 1 to 20 of the characters a-z, 0-9 and "-"; example: -c stage=dev\n',
    });
  });

  it('says what to do about a stage without an environment file', () => {
    const { status, stderr } = runApp('no-such-stage');
    expect(status).toBe(1);
    expect(stderr).toBe(
      'infra/environments/no-such-stage.json is not usable:\n  - it does not exist: copy infra/environments/dev.json to it, or name another stage\n',
    );
  });
});

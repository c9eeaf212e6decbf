import { execFile } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildFunction, functionNames, PROJECT_ROOT } from '../../infra/build.ts';
import { APP_ID, JSON_PATH, startScene } from '../bench/scene.ts';
import { eventOf } from '../gateway-rig.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * How large each function's bundle may be: what Node reads before the first call, which every cold start waits for, and everything. A little above what
 * it is, so that new code fits and a package that slips in does not. docs/performance.md has what a byte costs; whoever raises one says there what for.
 */
const BUDGETS: Readonly<Record<string, { readonly startBytes: number; readonly sizeBytes: number }>> = {
  'call-wechat-api': { startBytes: 710_000, sizeBytes: 880_000 },
  'call-with-app-secret': { startBytes: 490_000, sizeBytes: 515_000 },
  'refresh-access-token': { startBytes: 585_000, sizeBytes: 610_000 },
  'send-alarm-notice': { startBytes: 440_000, sizeBytes: 445_000 },
  'sync-quotas': { startBytes: 750_000, sizeBytes: 760_000 },
  'sync-server-ips': { startBytes: 775_000, sizeBytes: 1_690_000 },
};
/** What a client's code names its service by. */
const RARE_CLIENTS = ['com.amazonaws.lambda#', 'com.amazonaws.secretsmanager#'];

/** Builds a function of the project's away from its `build/`. */
function builtAside(name: string) {
  const root = temporaryFolder();
  for (const part of ['functions', 'node_modules', 'shared', 'package.json'])
    symlinkSync(join(PROJECT_ROOT, part), join(root, part));
  return buildFunction(name, root);
}

/** Makes one call in a fresh process; prints its status and errcode, and which clients are in the files that were loaded. */
const CALL_ONCE = `
  const { readFileSync } = require('node:fs');
  const { handler } = require(process.env.FILE);
  const context = { awsRequestId: 'test', getRemainingTimeInMillis: () => 29_000 };
  const clients = ['com.amazonaws.dynamodb#', ...JSON.parse(process.env.RARE_CLIENTS)];
  handler(JSON.parse(process.env.EVENT), context).then(({ statusCode, body }) => {
    const { errcode } = JSON.parse(Buffer.from(body, 'base64'));
    const code = Object.keys(require.cache).map((file) => readFileSync(file, 'utf8')).join();
    process.stderr.write(JSON.stringify({ statusCode, errcode, loaded: clients.filter((name) => code.includes(name)) }));
    process.exit();
  });
`;

describe('the bundle of', () => {
  it.each(functionNames())('%s is within its byte budget', async (name) => {
    const { startBytes, sizeBytes } = await builtAside(name);
    const budget = BUDGETS[name];
    expect(budget, `${name} needs a budget in this file`).toBeDefined();
    expect(startBytes, 'bytes at start').toBeLessThanOrEqual(budget?.startBytes ?? 0);
    expect(sizeBytes, 'bytes in all').toBeLessThanOrEqual(budget?.sizeBytes ?? 0);
  });
});

describe('an ordinary call', () => {
  it('loads neither the Lambda client nor that of Secrets Manager', async () => {
    const scene = await startScene();
    onTestFinished(() => scene.close());
    const { file } = await builtAside('call-wechat-api');
    const event = eventOf({ path: JSON_PATH, headers: { 'x-wechat-appid': APP_ID } }, scene.rig.callerKey);
    const { stderr } = await promisify(execFile)(process.execPath, ['-e', CALL_ONCE], {
      env: {
        ...scene.environment,
        FILE: file,
        EVENT: JSON.stringify(event),
        RARE_CLIENTS: JSON.stringify(RARE_CLIENTS),
      },
    });
    expect(JSON.parse(stderr)).toEqual({ statusCode: 200, errcode: 0, loaded: ['com.amazonaws.dynamodb#'] });
  });
});

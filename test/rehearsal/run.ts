import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { awsEnvironment } from './aws-environment.ts';
import { makeCertificates } from './certificates.ts';
import { unshareArguments } from './isolation.ts';
import { MINISTACK_PYTHON, WORK_FOLDER } from './paths.ts';

/** The version that this was written against, pinned in `.ci/run` too. */
const INSTALL = `python3 -m venv build/ministack
  build/ministack/bin/pip install ministack==1.5.33`;

/**
 * `npm run rehearsal`: deploys the stack with the real CDK CLI to MiniStack (https://github.com/ministackorg/ministack), a stand-in for AWS,
 * and uses it as its operators and callers will. Everything runs in namespaces of its own, where the only network is a loopback interface and
 * `api.weixin.qq.com` is the simulator.
 * @returns the exit code: 0 when every step did what it must
 */
async function main(): Promise<number> {
  if (!existsSync(MINISTACK_PYTHON)) {
    process.stderr.write(`The rehearsal needs MiniStack, which is not installed:\n  ${INSTALL}\n`);
    return 1;
  }
  await rm(WORK_FOLDER, { recursive: true, force: true });
  await mkdir(WORK_FOLDER, { recursive: true });
  const inside = [process.execPath, join(import.meta.dirname, 'inside.ts')];
  // Its input is how the inside learns that this process is gone, whatever ended it.
  const child = spawn('unshare', [...unshareArguments(), ...inside], {
    env: await awsEnvironment(WORK_FOLDER, await makeCertificates(WORK_FOLDER)),
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  await once(child, 'exit');
  if (child.exitCode !== 0) {
    process.stderr.write(`What MiniStack and the CDK CLI said is in ${WORK_FOLDER}.\n`);
    return 1;
  }
  await rm(WORK_FOLDER, { recursive: true, force: true });
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

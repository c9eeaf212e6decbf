import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { DriverSettings, Step, StepOutcome } from './drivers/serve.ts';
import type { Sdk } from './installed-sdks.ts';

/** An app in a process of its own that uses one SDK as it came from its registry. */
export interface DriverProcess {
  /** @throws {Error} with what the process said when it ends instead of answering */
  run(step: Step, argument?: string): Promise<StepOutcome>;
  /** What the SDK brought. @throws {Error} when it failed */
  bring(step: Step, argument?: string): Promise<unknown>;
}

/** Starts the driver in an empty folder, since some SDKs keep tokens in files. It ends with the test. */
export function startDriver({ name, command: [program, driver] }: Sdk, settings: DriverSettings): DriverProcess {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-'));
  const { baseUrl, appId, secret } = settings;
  // A clean environment: SDKs take proxies from it.
  const environment = { PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1', PYTHONIOENCODING: 'utf-8' };
  const child = spawn(program, [driver, baseUrl, appId, secret], { cwd: folder, env: environment });
  const complaints: string[] = [];
  child.stderr.on('data', (chunk) => complaints.push(String(chunk)));
  // Writing to a process that has ended: its end is reported by the reader.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  onTestFinished(async () => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const run = async (step: Step, argument = ''): Promise<StepOutcome> => {
    child.stdin.write(`${JSON.stringify({ step, argument })}\n`);
    const { value: line, done } = await lines.next();
    if (done) throw new Error(`the driver of ${name} ended: ${complaints.join('')}`);
    // Only drivers write here, one outcome a line.
    return JSON.parse(line) as StepOutcome;
  };
  return {
    run,
    async bring(step, argument) {
      const outcome = await run(step, argument);
      if ('error' in outcome) throw new Error(`${name} failed at ${step}: ${JSON.stringify(outcome.error)}`);
      return outcome.value;
    },
  };
}

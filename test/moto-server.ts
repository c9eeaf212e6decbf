import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where `.ci/run` puts moto (https://docs.getmoto.org/en/latest/docs/server_mode.html); `MOTO_SERVER` names another. */
const MOTO_SERVER = process.env['MOTO_SERVER'] ?? join(import.meta.dirname, '../build/moto/bin/moto_server');

/** False where nobody installed moto: tests against it are skipped then, and say so in their name. */
export const hasMoto = existsSync(MOTO_SERVER);

/** AWS as moto knows it, on this machine only and empty at first. */
export interface MotoServer {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts moto on a free port. @throws {Error} with moto's own output when it ends before it listens */
export async function startMoto(): Promise<MotoServer> {
  const child = spawn(MOTO_SERVER, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const endpoint = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.on('error', reject);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // Only the beginning: every request adds a line.
      if (output.length < 4_000) output += text;
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    void exited.then(() => reject(new Error(`moto ended before it listened: ${output}`)));
  });
  return {
    endpoint,
    async stop() {
      child.kill();
      await exited;
    },
  };
}

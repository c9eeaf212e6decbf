import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AWS_ENDPOINT, REGION } from './aws-environment.ts';
import type { Certificates } from './certificates.ts';
import { tailOf } from './command.ts';
import { MINISTACK_PYTHON } from './paths.ts';
import { waitFor } from './wait-for.ts';

const PROGRAM = join(import.meta.dirname, 'ministack-completed.py');
const CEILING_MS = 60_000;

/** What MiniStack is started with. */
export interface MiniStackSettings {
  /** Gets everything that MiniStack and the functions that it starts write. */
  readonly logFile: string;
  readonly certificates: Certificates;
  readonly tell: (line: string) => void;
}

/**
 * Starts AWS for this rehearsal: HTTPS, signatures checked and every role's policies evaluated (AUTH). It ends with the namespace.
 * @throws {Error} with what it wrote when it ends before it answers
 */
export async function startMiniStack({ logFile, certificates, tell }: MiniStackSettings): Promise<void> {
  const log = openSync(logFile, 'w');
  const child = spawn(MINISTACK_PYTHON, [PROGRAM], {
    env: { ...process.env, ...settingsOf(certificates) },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  await waitFor({ what: 'MiniStack', ceilingMs: CEILING_MS, tell }, async () => {
    if (child.exitCode !== null) throw new Error(`MiniStack ended:\n${tailOf(readFileSync(logFile, 'utf8'))}`);
    return (await answers()) ? true : undefined;
  });
}

/** https://github.com/ministackorg/ministack, "Configuration". */
function settingsOf({ certificate, key }: Certificates): NodeJS.ProcessEnv {
  return {
    AUTH: 'true',
    MINISTACK_REGION: REGION,
    BIND_HOST: '127.0.0.1',
    // Port 8883 would be open on all interfaces.
    IOT_MTLS_ENABLED: '0',
    USE_SSL: '1',
    MINISTACK_SSL_CERT: certificate,
    MINISTACK_SSL_KEY: key,
  };
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch(`${AWS_ENDPOINT}/_ministack/health`)).ok;
  } catch {
    // Not yet listening.
    return false;
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'peers');

/** Whether a package that the gateway is compared with is there. */
export function isInstalled(name: string): boolean {
  return existsSync(join(FOLDER, 'node_modules', name));
}

/**
 * Installs the packages of `test/bench/peers/package.json` if they are not there, without running their scripts.
 * @returns `undefined`, or why they are not there
 */
export function installPeers(tell: (line: string) => void): string | undefined {
  if (existsSync(join(FOLDER, 'node_modules'))) return undefined;
  tell('Installing what the benches compare with: npm ci --prefix test/bench/peers');
  try {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', FOLDER], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `test/bench/peers/node_modules could not be installed, so what needs it is left out: ${String(error).split('\n')[0]}`;
  }
}

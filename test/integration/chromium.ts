import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's (apt-get install chromium), which `.ci/run` installs. */
const CHROMIUM = '/usr/bin/chromium';
/** No sandbox, for root has none; nothing that would reach out by itself. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** False where nobody installed Chromium: tests in it are skipped then, and say so. */
export const hasChromium = existsSync(CHROMIUM);

/** A browser without profile and extensions. Close it after the test. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

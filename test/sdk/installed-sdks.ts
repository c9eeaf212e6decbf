import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from './drivers/serve.ts';

/** One SDK and what it has methods for. */
export interface Sdk {
  readonly name: string;
  /** The program that runs the driver, and the driver. */
  readonly command: readonly [program: string, driver: string];
  readonly steps: readonly Step[];
  /** A call of it that carries the access token. */
  readonly call: Step;
}

const PYTHON = join(import.meta.dirname, '.venv/bin/python');
const EVERY_STEP: readonly Step[] = [
  'token',
  'ipList',
  'userInfo',
  'menu',
  'message',
  'upload',
  'download',
  'ticket',
  'login',
];

const SDKS: readonly Sdk[] = [
  npmSdk('co-wechat-api', EVERY_STEP),
  npmSdk('wechat-api', without('login')),
  npmSdk('node-easywechat', EVERY_STEP),
  // It says multipart/form-data without the boundary, so that the simulator finds no file; and reads files as text.
  npmSdk('tnwx', without('upload', 'download')),
  npmSdk('wechat-jssdk', ['token', 'ticket', 'login'], 'ticket'),
  { name: 'wechatpy', command: [PYTHON, driver('wechatpy_driver.py')], steps: EVERY_STEP, call: 'userInfo' },
];

const isInstalled = ({ name, command: [program] }: Sdk): boolean =>
  existsSync(program === PYTHON ? PYTHON : join(import.meta.dirname, 'node_modules', name));

/** The SDKs that are there to be run. */
export const installedSdks: readonly Sdk[] = SDKS.filter(isInstalled);

/** Those that are not, in the words of a skipped test. */
export const missingSdks: readonly string[] = SDKS.filter((sdk) => !isInstalled(sdk)).map(
  ({ name, command: [program] }) =>
    `${name}: not installed; ${program === PYTHON ? 'make test/sdk/.venv from test/sdk/requirements.txt' : 'npm ci --prefix test/sdk'}`,
);

function npmSdk(name: string, steps: readonly Step[], call: Step = 'userInfo'): Sdk {
  return { name, command: [process.execPath, driver(`${name}.ts`)], steps, call };
}

function without(...missing: readonly Step[]): readonly Step[] {
  return EVERY_STEP.filter((step) => !missing.includes(step));
}

function driver(file: string): string {
  return join(import.meta.dirname, 'drivers', file);
}

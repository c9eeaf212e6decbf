import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { tokenKey } from '#shared/table/keys.ts';
import { bundle, functionNames, PROJECT_ROOT } from '../../../infra/build.ts';
import { LEAN_DEFINITIONS, leanModules } from '../../../infra/lean-modules.ts';
import { isInstalled } from '../installed.ts';
import { APP_ID, JSON_PATH, type Scene } from '../scene.ts';
import type { ColdSubject } from './cold-start.ts';

/** A subject with the name that the tables give it. */
export interface NamedSubject extends ColdSubject {
  readonly name: string;
  /** What Node reads before the function is there; empty where nobody has counted it. */
  readonly startBytes: number | '';
  readonly sizeBytes: number;
}

/** What the others are measured by. */
export const FLOOR = 'SDK and undici, no logic: the floor';
const BUNDLES = join(PROJECT_ROOT, 'build/bench/cold');
/** Nothing is sent to it. */
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:bench';
const SUBJECTS = join(import.meta.dirname, 'subjects');
const GATEWAY = join(PROJECT_ROOT, 'functions/call-wechat-api/handler.ts');

/** The function that faces the internet, and what it is measured against, each bundled as it is deployed. */
export async function callSubjects({ environment }: Scene): Promise<readonly NamedSubject[]> {
  const { pk, sk } = tokenKey(APP_ID);
  const floor = { ...environment, FLOOR_PK: pk, FLOOR_SK: sk, FLOOR_PATH: JSON_PATH };
  return [
    await bundled('empty handler', 'empty', join(SUBJECTS, 'empty.ts'), environment),
    await bundled(FLOOR, 'floor-undici', join(SUBJECTS, 'floor-undici.ts'), floor),
    await bundled(
      'the same with the table request of a call',
      'floor-requests',
      join(SUBJECTS, 'floor-requests.ts'),
      floor,
    ),
    await bundled('SDK and node:https, no logic', 'floor-https', join(SUBJECTS, 'floor-https.ts'), floor),
    await bundled('call-wechat-api', 'call-wechat-api', GATEWAY, environment),
    await otherwise('call-wechat-api, as ES modules', 'es-modules', environment, AS_ES_MODULES),
    await otherwise('call-wechat-api, in one file', 'one-file', environment, { ...AS_COMMON_JS, ...LEAN }),
    await otherwise('call-wechat-api, in one file, nothing left out', 'whole', environment, AS_COMMON_JS),
  ];
}

/** The one of that name. @throws {Error} when there is none */
export function subjectNamed(subjects: readonly NamedSubject[], name: string): NamedSubject {
  const subject = subjects.find((candidate) => candidate.name === name);
  if (subject === undefined) throw new Error(`there is no subject ${name} any more`);
  return subject;
}

/** One log line and one metric, our way and with Powertools if that is installed. */
export async function logSubjects(): Promise<readonly NamedSubject[]> {
  const own = await bundled('own log and metrics', 'own-log', join(SUBJECTS, 'own-log.ts'), {});
  if (!isInstalled('@aws-lambda-powertools/logger')) return [own];
  const powertools = join(PROJECT_ROOT, 'test/bench/peers/powertools-log.js');
  return [own, await bundled('Powertools logger and metrics', 'powertools-log', powertools, {})];
}

/** Every function as it is deployed. */
export function functionSubjects({ environment }: Scene): Promise<readonly NamedSubject[]> {
  const variables = { ...environment, TOPIC_ARN: TOPIC, LOG_GROUPS: 'call-wechat-api=/aws/lambda/call-wechat-api' };
  return Promise.all(
    functionNames().map((name) => bundled(name, name, join(PROJECT_ROOT, 'functions', name, 'handler.ts'), variables)),
  );
}

async function bundled(
  name: string,
  folder: string,
  entry: string,
  environment: Readonly<Record<string, string>>,
): Promise<NamedSubject> {
  const directory = join(BUNDLES, folder);
  const { startBytes, sizeBytes } = await bundle(entry, directory);
  return { name, directory, environment, startBytes, sizeBytes };
}

/** `call-wechat-api` in a way that it is not deployed in, to show what the deployed way is worth. */
async function otherwise(
  name: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
  options: BuildOptions,
): Promise<NamedSubject> {
  const directory = join(BUNDLES, folder);
  await rm(directory, { recursive: true, force: true });
  const { metafile } = await build({ ...options, ...COMMON, entryPoints: { handler: GATEWAY }, outdir: directory });
  const type = options.format === 'esm' ? 'module' : 'commonjs';
  await writeFile(join(directory, 'package.json'), JSON.stringify({ type }));
  const sizeBytes = Object.values(metafile.outputs).reduce((total, { bytes }) => total + bytes, 0);
  return { name, directory, environment, startBytes: '', sizeBytes };
}

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;
const LEAN = { define: LEAN_DEFINITIONS, plugins: [leanModules] } satisfies BuildOptions;
const AS_COMMON_JS = { format: 'cjs', supported: { 'dynamic-import': false } } as const satisfies BuildOptions;
const AS_ES_MODULES = {
  ...LEAN,
  format: 'esm',
  splitting: true,
  // For the packages that are CommonJS.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
} as const satisfies BuildOptions;

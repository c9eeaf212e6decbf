import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile, transform } from 'esbuild';
import { LEAN_DEFINITIONS, leanModules } from './lean-modules.ts';

/** The folder of package.json. */
export const PROJECT_ROOT = join(import.meta.dirname, '..');

/** One function's deployable artefact: what the CDK app, the benches and the rehearsal all use. */
export interface FunctionBundle {
  /** The function's name, which is its folder's under `functions/`. */
  readonly name: string;
  /** The folder to deploy. It holds nothing but what Lambda needs. */
  readonly directory: string;
  /** The bundled module; its `handler` export is the Lambda handler. */
  readonly file: string;
  /** Everything in the folder. */
  readonly sizeBytes: number;
  /** What is read at the function's start: the rest only when code that is imported dynamically is first needed. */
  readonly startBytes: number;
}

/** The names of all functions that have an entry, `functions/<name>/handler.ts`, sorted. */
export function functionNames(root = PROJECT_ROOT): readonly string[] {
  const folders = readdirSync(join(root, 'functions'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map((folder) => folder.name);
  return names.filter((name) => existsSync(entryOf(name, root))).toSorted();
}

/**
 * Bundles `functions/<name>/handler.ts` with everything it imports, the AWS SDK included, into `build/<name>/`, which holds nothing
 * else afterwards. The same sources always give the same bytes, so that building twice changes nothing.
 *
 * What is reached only by `await import('...')` is in files of its own, which are not read before that import runs.
 * @param root the folder that holds `functions/` and `build/`
 * @throws {Error} when the function has no entry, or with esbuild's own account of what is wrong in the sources
 */
export async function buildFunction(name: string, root = PROJECT_ROOT): Promise<FunctionBundle> {
  const entry = entryOf(name, root);
  if (!existsSync(entry)) {
    throw new Error(`functions/${name}/handler.ts does not exist: a function's folder needs it as its entry`);
  }
  const directory = join(root, 'build', name);
  return { name, directory, ...(await bundle(entry, directory, root)) };
}

/**
 * Bundles any entry as a function's is, as `handler.js` in `directory`, which holds nothing else afterwards.
 * @param root where the entry's packages are found
 */
export async function bundle(
  entry: string,
  directory: string,
  root = PROJECT_ROOT,
): Promise<Pick<FunctionBundle, 'file' | 'sizeBytes' | 'startBytes'>> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: { handler: entry },
    outdir: directory,
    bundle: true,
    write: false,
    metafile: true,
    // The SDK's ES modules: half the size of its CommonJS, and the parts that nobody imports stay out.
    mainFields: ['module', 'main'],
    // esbuild splits files for dynamic imports in this format only.
    format: 'esm',
    splitting: true,
    chunkNames: 'chunk-[hash]',
    define: LEAN_DEFINITIONS,
    plugins: [leanModules],
  });
  const codes = await Promise.all(outputFiles.map(async ({ path, text }) => [basename(path), await asCommonJs(text)]));
  const files: Record<string, string> = Object.fromEntries(codes);
  // Without the last, Node on this machine takes the files for ES modules: the project's own package.json says so.
  await replaceFiles(directory, { ...files, 'package.json': PACKAGE_JSON });
  const sizes = Object.fromEntries(Object.entries(files).map(([file, code]) => [file, Buffer.byteLength(code)]));
  return {
    file: join(directory, ENTRY_FILE),
    sizeBytes: sum(Object.values(sizes)) + PACKAGE_JSON.length,
    startBytes: sum(filesAtStart(metafile).map((file) => sizes[file] ?? 0)),
  };
}

/** Leaves what is there already untouched: somebody may be reading it, or running it. */
async function replaceFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  if (await holdsJust(directory, files)) return;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(directory, file), content);
}

async function holdsJust(directory: string, files: Readonly<Record<string, string>>): Promise<boolean> {
  const found = existsSync(directory) ? await readdir(directory) : [];
  if (found.length !== Object.keys(files).length) return false;
  const same = found.map(async (file) => files[file] === (await readFile(join(directory, file), 'utf8')));
  return (await Promise.all(same)).every(Boolean);
}

const ENTRY_FILE = 'handler.js';
const PACKAGE_JSON = '{"type":"commonjs"}\n';

const COMMON = {
  platform: 'node',
  target: 'node24',
  // Identifiers stay: stack traces keep the names of our functions, and shorter ones did not start faster. A source map costs 12 ms at start.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** CommonJS starts some 15 ms faster than the same code as ES modules. */
async function asCommonJs(code: string): Promise<string> {
  // A real dynamic import, such as the SDK's `import('node:http')`, makes Node load its internal copy of undici, 12 to 15 ms at start.
  const options = { ...COMMON, format: 'cjs', supported: { 'dynamic-import': false } } as const;
  return (await transform(code, options)).code;
}

/** The entry's file and those that it imports other than dynamically, directly or not. */
function filesAtStart({ outputs }: Metafile): readonly string[] {
  const imported = new Map(
    Object.entries(outputs).map(([path, { imports }]) => {
      const files = imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true);
      return [basename(path), files.map((file) => basename(file.path))];
    }),
  );
  const found = new Set([ENTRY_FILE]);
  for (const file of found) for (const next of imported.get(file) ?? []) found.add(next);
  return [...found];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function entryOf(name: string, root: string): string {
  return join(root, 'functions', name, 'handler.ts');
}

async function main(): Promise<void> {
  for (const name of functionNames()) {
    const { directory, startBytes, sizeBytes } = await buildFunction(name);
    process.stdout.write(`${name} ${startBytes} bytes at start, ${sizeBytes} in all, ${directory}\n`);
  }
}

if (import.meta.main) await main();

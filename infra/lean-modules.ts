import { dirname, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/** A file of a package that the bundles hold something else in place of. */
export interface LeanModule {
  /** Below `node_modules/`, with forward slashes. */
  readonly path: string;
  /** What stands in its place: CommonJS or an ES module, as the file was. */
  readonly contents: string;
}

/**
 * What the functions never run, by file. Node reads all of a file before it runs any of it, and these are a third of what it would have to read;
 * docs/performance.md has the figures. Each says so if it is reached after all.
 *
 * A package that moves one of these files makes the bundles larger and nothing else; the byte budgets tell.
 */
export const LEAN_MODULES: readonly LeanModule[] = [
  // The parser for processors without SIMD. Lambda has none of those.
  leftOut('undici/lib/llhttp/llhttp-wasm.js'),
  // We speak HTTP/1.1 only. Reached by a server that answers in HTTP/2 to an offer that we do not make.
  { path: 'undici/lib/dispatcher/client-h2.js', contents: `module.exports = () => { ${refusal('HTTP/2')} };` },
  // For bodies that are no bytes, such as FormData.
  leftOut('undici/lib/web/fetch/body.js'),
  leftOut('undici/lib/web/fetch/formdata.js'),
  leftOut('undici/lib/web/webidl/index.js'),
  // Lambda gives a function its role's credentials in the environment; the other providers are for everywhere else.
  {
    path: '@aws-sdk/credential-provider-node/dist-es/index.js',
    contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
  },
  // Of a browser's user agent.
  {
    path: '@aws-sdk/core/dist-es/submodules/client/util-user-agent-browser/createUserAgentStringParsingProvider.js',
    contents: `export const createUserAgentStringParsingProvider = () => { ${refusal('a browser')} };`,
  },
];

/**
 * undici leaves out its second, experimental parser (160 KB) when this name is defined, which is how Node's own copy of it is built
 * (lib/dispatcher/client-h1.js).
 */
export const LEAN_DEFINITIONS: Readonly<Record<string, string>> = { esbuildDetection: 'true' };

/** Puts {@link LEAN_MODULES} into a bundle. */
export const leanModules: Plugin = {
  name: 'lean-modules',
  setup(build) {
    for (const { path, contents } of LEAN_MODULES) {
      build.onLoad({ filter: endsWith(`node_modules/${path}`) }, (file) => ({
        contents,
        loader: 'js',
        resolveDir: dirname(file.path),
      }));
    }
  },
};

function leftOut(path: string): LeanModule {
  return { path, contents: refusal(path) };
}

function refusal(what: string): string {
  return `throw new Error(${JSON.stringify(`${what} is left out of the bundle: infra/lean-modules.ts says why`)});`;
}

function endsWith(path: string): RegExp {
  const literal = path.replaceAll('.', String.raw`\.`);
  return new RegExp(`${literal.replaceAll('/', sep === '/' ? '/' : String.raw`\\`)}$`);
}

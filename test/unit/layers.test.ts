import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const SDKS = /^(@aws-sdk\/|undici(\/|$))/;
/** What the CDK app may know of the runtime: names and parsers of variables, keys of the table, names of metrics, the alarms. */
const OPEN_TO_INFRA =
  /^(functions\/[^/]+\/settings\.ts|shared\/table\/|shared\/lambda\/(settings|metric-names)\.ts|shared\/alarm\/(alarm|alarm-catalogue|log-groups)\.ts|shared\/server-ips\/(firewall-settings|event-names)\.ts)/;

interface Import {
  readonly from: string;
  readonly to: string;
}

function imports(pattern: string): readonly Import[] {
  return globSync(pattern, { cwd: ROOT }).flatMap((from) => {
    const source = readFileSync(join(ROOT, from), 'utf8');
    const specifiers = [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    return specifiers.map((specifier) => ({ from, to: resolve(from, specifier) }));
  });
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('#shared/')) return specifier.slice(1);
  return specifier.startsWith('.') ? relative(ROOT, normalize(join(ROOT, dirname(from), specifier))) : specifier;
}

const violations = (pattern: string, isWrong: (edge: Import) => boolean): readonly string[] =>
  imports(pattern)
    .filter(isWrong)
    .map(({ from, to }) => `${from} -> ${to}`);

const folder = (path: string) => path.split('/')[1];
const isCdkApp = (path: string) => !/^infra\/(local|operator)\//.test(path);

it('reads imports at all', () => {
  expect(imports('shared/**/*.ts').length).toBeGreaterThan(100);
  expect(imports('functions/**/*.ts').some(({ to }) => to.startsWith('shared/'))).toBe(true);
});

it('an SDK or undici is touched only by a file that says so in its name', () => {
  const named =
    /\.(dynamodb|secrets-manager|lambda|eventbridge|sns|ec2|wafv2|cloudwatch-logs|scheduler|sts|undici)\.ts$|\/undici-lib\.d\.ts$/;
  expect(violations('shared/**/*.ts', ({ from, to }) => SDKS.test(to) && !named.test(from))).toEqual([]);
});

it('only entries, and their like, import a file that touches an SDK or undici', () => {
  const adapter =
    /\.(dynamodb|secrets-manager|lambda|eventbridge|sns|ec2|wafv2|cloudwatch-logs|scheduler|sts|undici)\.ts$/;
  expect(
    violations('shared/**/*.ts', ({ from, to }) => adapter.test(to) && to.startsWith('shared/') && !adapter.test(from)),
  ).toEqual([]);
  expect(violations('functions/**/*.ts', ({ from, to }) => adapter.test(to) && !from.endsWith('/handler.ts'))).toEqual(
    [],
  );
});

it('no function imports another', () => {
  expect(
    violations('functions/**/*.ts', ({ from, to }) => to.startsWith('functions/') && folder(from) !== folder(to)),
  ).toEqual([]);
});

it('shared code imports neither functions nor infra nor tests', () => {
  expect(violations('shared/**/*.ts', ({ to }) => /^(functions|infra|test)\//.test(to))).toEqual([]);
});

it('the CDK app imports of the runtime only what both sides must write once', () => {
  expect(
    violations(
      'infra/**/*.ts',
      ({ from, to }) => isCdkApp(from) && /^(functions|shared)\//.test(to) && !OPEN_TO_INFRA.test(to),
    ),
  ).toEqual([]);
});

it('only the local run and tests use the simulator', () => {
  expect(
    violations(
      '{functions,shared,infra}/**/*.ts',
      ({ from, to }) => to.startsWith('test/') && !from.startsWith('infra/local/'),
    ),
  ).toEqual([]);
});

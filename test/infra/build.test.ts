import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildFunction, functionNames } from '../../infra/build.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PROJECT_ROOT = join(import.meta.dirname, '../..');

const PROBE = {
  'handler.ts': `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import middy from '@middy/core';
    import Pool from 'undici/lib/dispatcher/pool.js';
    import { tokenKey } from '#shared/table/keys.ts';
    export const client = new DynamoDBClient({ region: 'eu-west-1' });
    const answer = async (event: unknown) => {
      if (event === 'late') return (await import('./late.ts')).late;
      const pool = new Pool('http://127.0.0.1:9');
      await pool.close();
      return tokenKey('wx1').pk;
    };
    export const handler = middy(answer);
  `,
  'late.ts': `console.log('late.ts runs'); export const late: string = 'late';`,
};

/** A folder with links to these parts of the project, so that building never touches the project's own `build/`. */
function projectWith(...parts: string[]): string {
  const root = temporaryFolder();
  for (const part of parts) symlinkSync(join(PROJECT_ROOT, part), join(root, part));
  return root;
}

/** A project of one function that uses what ours use. */
function probeProject(): string {
  const root = projectWith('node_modules', 'shared', 'package.json');
  const folder = join(root, 'functions/probe');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, 'functions/without-entry'));
  for (const [name, text] of Object.entries(PROBE)) writeFileSync(join(folder, name), text);
  return root;
}

/** Runs a script in a Node process that is away from node_modules, as on Lambda. */
function run(script: string, environment: Record<string, string> = {}): string {
  const cwd = temporaryFolder();
  return execFileSync(process.execPath, ['-e', script], { cwd, env: { ...environment }, encoding: 'utf8' });
}

/** The size of these files together. */
function bytesOf(paths: readonly string[]): number {
  return paths.reduce((total, path) => total + statSync(path).size, 0);
}

describe('buildFunction', () => {
  it('makes files that run without node_modules: SDK, middy, undici and #shared included', async () => {
    const { file } = await buildFunction('probe', probeProject());
    const script = `require(${JSON.stringify(file)}).handler({}, {}).then((answer) => console.log(answer))`;
    expect(run(script)).toBe('TOKEN#wx1\n');
  });

  it('keeps what is imported dynamically from running before that import does', async () => {
    const { file } = await buildFunction('probe', probeProject());
    const load = `const { handler } = require(${JSON.stringify(file)}); console.log('loaded');`;
    expect(run(load)).toBe('loaded\n');
    expect(run(`${load} handler('late', {}).then((answer) => console.log(answer))`)).toBe(
      'loaded\nlate.ts runs\nlate\n',
    );
  });

  it('leaves no dynamic import that would make Node load its internal undici', async () => {
    const { file } = await buildFunction('probe', probeProject());
    expect(readFileSync(file, 'utf8')).not.toMatch(/\bimport\(["'`]/);
  });

  it('says what it made, and nothing else is in the folder', async () => {
    const root = probeProject();
    mkdirSync(join(root, 'build/probe'), { recursive: true });
    writeFileSync(join(root, 'build/probe/left-over.js'), '');
    const bundle = await buildFunction('probe', root);
    const load = `require(${JSON.stringify(bundle.file)});`;
    expect(bundle).toEqual({
      name: 'probe',
      directory: join(root, 'build/probe'),
      file: join(root, 'build/probe/handler.js'),
      sizeBytes: bytesOf(readdirSync(bundle.directory).map((file) => join(bundle.directory, file))),
      startBytes: bytesOf(
        JSON.parse(run(`${load} console.log(JSON.stringify(Object.keys(require.cache)))`)) as string[],
      ),
    });
    expect(readdirSync(bundle.directory)).toContain('handler.js');
    expect(readdirSync(bundle.directory)).not.toContain('left-over.js');
  });

  it('gives the same bytes for the same sources', async () => {
    const root = probeProject();
    const first = readFileSync((await buildFunction('probe', root)).file);
    const second = readFileSync((await buildFunction('probe', root)).file);
    expect(second.equals(first)).toBe(true);
  });

  it('names the file that a function lacks', async () => {
    const building = buildFunction('without-entry', probeProject());
    await expect(building).rejects.toThrow('functions/without-entry/handler.ts does not exist');
  });
});

describe('functionNames', () => {
  it('finds the folders that have an entry', () => {
    expect(functionNames(probeProject())).toEqual(['probe']);
  });
});

describe("the project's own functions", () => {
  const environment = {
    AWS_REGION: 'ap-southeast-1',
    TABLE_NAME: 'table',
    STAGE: 'test',
    TOPIC_ARN: 'arn:aws:sns:ap-southeast-1:123456789012:topic',
    LOG_GROUPS: 'call-wechat-api=/aws/lambda/call-wechat-api',
    SECRET_PREFIX: 'wechat-gateway/test/',
    REFRESH_FUNCTION_NAME: 'refresh-access-token',
    APP_SECRET_FUNCTION_NAME: 'call-with-app-secret',
    QUOTAS_FUNCTION_NAME: 'sync-quotas',
    UPSTREAM_ORIGINS: 'https://api.weixin.qq.com',
  };

  it.each(readdirSync(join(PROJECT_ROOT, 'functions')))(
    '%s starts from its bundle and exports a handler that Lambda accepts',
    async (name) => {
      const { file } = await buildFunction(name, projectWith('functions', 'node_modules', 'shared', 'package.json'));
      const script = `const { handler } = require(${JSON.stringify(file)}); console.log(typeof handler, handler.length < 3)`;
      expect(run(script, environment)).toBe('function true\n');
    },
  );
});

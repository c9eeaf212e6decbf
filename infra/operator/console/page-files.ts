import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a path of the page is answered with. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

const PAGE = join(import.meta.dirname, 'page');
/** https://github.com/leeoniya/uPlot: one file without dependencies. */
const CHARTS = fileURLToPath(new URL('.', import.meta.resolve('uplot')));
const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const SCRIPTS = [
  'main',
  'accounts',
  'alarms',
  'callers',
  'charts',
  'elements',
  'quotas',
  'server-ips',
  'texts',
  'usage',
];

/** Everything that the page is made of, by path: nothing else of this machine's files is served. Read once. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  return new Map([
    file('/', PAGE, 'index.html', HTML),
    file('/console.css', PAGE, 'console.css', CSS),
    file('/uplot.js', CHARTS, 'uPlot.esm.js', SCRIPT),
    file('/uplot.css', CHARTS, 'uPlot.min.css', CSS),
    ...SCRIPTS.map((name) => file(`/${name}.js`, PAGE, `${name}.js`, SCRIPT)),
  ]);
}

function file(path: string, folder: string, name: string, type: string): readonly [string, PageFile] {
  return [path, { type, body: readFileSync(join(folder, name)) }];
}

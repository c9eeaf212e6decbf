import { comparablePath } from '../api-call/path.ts';
import { ENDPOINT_TABLE } from './endpoint-table.ts';

/** The kinds of calls that can be granted as a whole. */
export const CATEGORIES = [
  'messages',
  'users',
  'tags',
  'menus',
  'materials',
  'qr-codes',
  'data',
  'mini-program',
] as const;

/** One of {@link CATEGORIES}. */
export type Category = (typeof CATEGORIES)[number];

/** What is known of one of WeChat's endpoints. */
export interface Endpoint {
  /** As WeChat spells it. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** `undefined` for what no category covers: credentials, quotas, addresses, and subjects of few accounts. */
  readonly category: Category | undefined;
  /** Whether it only reads, so that a second call changes nothing and takes nothing but a count. `false` wherever that is in doubt. */
  readonly safeToRepeat: boolean;
  /** Path of the page about it or its kin on developers.weixin.qq.com, or `SDK source` where only an SDK tells of it. */
  readonly source: string;
}

// As paths are compared: none of them ends with a slash.
const COMPARABLE_TABLE = ENDPOINT_TABLE.toLowerCase();

const MAX_LOOKED_UP = 1_000;
/** Paths as they are compared, those that are not in the catalogue too: they come from callers, so that there may be any number of them. */
const lookedUp = new Map<string, Endpoint | undefined>();

/** Every endpoint of the catalogue, in its order. WeChat has more: a path that is not here works all the same. */
export function listEndpoints(): readonly Endpoint[] {
  return Array.from(ENDPOINT_TABLE.matchAll(/(?<= )\/.*$/gm), ({ index }) => readRow(index));
}

/** The catalogue's entry for a path in any letter case, with or without slashes at its end; `undefined` for one that it does not have. */
export function endpointOf(path: string): Endpoint | undefined {
  const comparable = comparablePath(path);
  if (lookedUp.has(comparable)) return lookedUp.get(comparable);
  // To read the whole table would take 2 ms of a function's first call.
  const index = comparable.startsWith('/') ? COMPARABLE_TABLE.indexOf(` ${comparable}\n`) : -1;
  const endpoint = index < 0 ? undefined : readRow(index + 1);
  if (lookedUp.size < MAX_LOOKED_UP) lookedUp.set(comparable, endpoint);
  return endpoint;
}

/** Whether a text is one of {@link CATEGORIES}. */
export function isCategory(text: string): text is Category {
  return CATEGORIES.some((category) => category === text);
}

/** @param index where the row's path begins in the table */
function readRow(index: number): Endpoint {
  const [method, effect, path = ''] = lineAt(ENDPOINT_TABLE.lastIndexOf('\n', index) + 1).split(' ');
  const [, named = '', ...source] = lineAt(ENDPOINT_TABLE.lastIndexOf('\n# ', index) + 1).split(' ');
  const category = isCategory(named) ? named : undefined;
  const isRow = (method === 'GET' || method === 'POST') && (effect === 'read' || effect === 'write');
  if (!isRow || (category === undefined && named !== '-')) throw new Error(`endpoint table: bad row: ${path}`);
  return { path, method, category, safeToRepeat: effect === 'read', source: source.join(' ') };
}

function lineAt(start: number): string {
  return ENDPOINT_TABLE.slice(start, ENDPOINT_TABLE.indexOf('\n', start));
}

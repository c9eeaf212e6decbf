import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { tokenStateOf } from '#shared/access-token/token-item.dynamodb.ts';
import type { TokenStore, WriteOutcome } from '#shared/access-token/token-store.ts';
import {
  acquireUpdate,
  addUpdate,
  type ConditionalUpdate,
  commitUpdate,
  endOfLease,
  extendUpdate,
  failUpdate,
  keepUpdate,
} from '#shared/access-token/token-updates.dynamodb.ts';
import { type Item, numberOf } from '#shared/table/attributes.dynamodb.ts';
import { appIdOfTokenKey, tokenKey } from '#shared/table/keys.ts';
import { parseCondition } from './condition-expression.ts';

/** A {@link TokenStore} in memory whose items a test can look at and change. */
export interface MemoryTokenStore extends TokenStore {
  /** The item as DynamoDB would hold it; `undefined` for an account that nobody added. */
  item(appId: string): Item | undefined;
  /** Sets attributes whatever the conditions say; `undefined` removes one. Creates the item. */
  patch(appId: string, attributes: Readonly<Record<string, string | number | undefined>>): void;
}

/**
 * Does the very updates of token-updates.dynamodb.ts on items in memory, each at once and atomically: its conditions are evaluated, not
 * written a second time. Reads are consistent, `due` does not lag.
 * @param onWrite called after every write that was won, with the item before and after
 */
export function createMemoryTokenStore(onWrite?: (before: Item | undefined, after: Item) => void): MemoryTokenStore {
  const items = new Map<string, Item>();
  let steps = 0;

  const write = (appId: string, update: ConditionalUpdate): WriteOutcome => {
    const before = items.get(appId);
    const values = valuesOf(update);
    if (!parseCondition(update.when.join(' AND '))(before ?? {}, values)) {
      if (before !== undefined && update.happened(before)) return { won: true, state: tokenStateOf(before) };
      return { won: false, state: before && tokenStateOf(before) };
    }
    const after = updated(before ?? newItem(appId), update);
    items.set(appId, after);
    onWrite?.(before, after);
    return { won: true, state: tokenStateOf(after) };
  };

  const read = async (appId: string) => {
    const item = items.get(appId);
    return item && tokenStateOf(item);
  };

  return {
    item: (appId) => items.get(appId),
    patch(appId, attributes) {
      const set = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
      const remove = Object.keys(attributes).filter((name) => attributes[name] === undefined);
      items.set(appId, updated(items.get(appId) ?? newItem(appId), { set, remove }));
    },
    read,
    glance: read,
    acquire: async (request) => write(request.appId, acquireUpdate(request)),
    async extend(request) {
      steps += 1;
      return write(request.appId, extendUpdate(request, `step-${steps}`));
    },
    commit: async (request) => write(request.appId, commitUpdate(request)),
    fail: async (request) => write(request.appId, failUpdate(request)),
    keep: async (request) => write(request.appId, keepUpdate(request)),
    async release(appId, leaseId) {
      write(appId, endOfLease(leaseId));
    },
    add: async (appId, now) => write(appId, addUpdate(now)).won,
    due: async (now) =>
      [...items.values()]
        .filter((item) => item['dueGroup'] !== undefined && numberOf(item, 'nextDueAt') <= now)
        .map((item) => ({ appId: appIdOfTokenKey(item['pk']?.S ?? ''), nextDueAt: numberOf(item, 'nextDueAt') }))
        .toSorted((left, right) => left.nextDueAt - right.nextDueAt),
  };
}

function newItem(appId: string): Item {
  const { pk, sk } = tokenKey(appId);
  return { pk: { S: pk }, sk: { S: sk } };
}

/** The placeholders that the DynamoDB adapter makes of an update. */
function valuesOf({ set, add = {}, values = {} }: ConditionalUpdate): Record<string, AttributeValue> {
  const named: [string, string | number | undefined][] = Object.entries(values);
  for (const [name, value] of [...Object.entries(set), ...Object.entries(add)]) named.push([`:${name}`, value]);
  return Object.fromEntries(
    named.flatMap(([name, value]) => (value === undefined ? [] : [[name, attributeOf(value)] as const])),
  );
}

function updated(item: Item, { set, remove = [], add = {} }: Pick<ConditionalUpdate, 'set' | 'remove' | 'add'>): Item {
  const named = [...Object.keys(set).filter((name) => set[name] !== undefined), ...remove, ...Object.keys(add)];
  // As DynamoDB says it: one expression must not touch a path twice.
  if (new Set(named).size < named.length) throw new Error(`two document paths overlap: ${named.join(', ')}`);
  const after = { ...item };
  for (const [name, value] of Object.entries(set)) if (value !== undefined) after[name] = attributeOf(value);
  for (const name of remove) delete after[name];
  for (const [name, value] of Object.entries(add)) after[name] = attributeOf(Number(item[name]?.N ?? 0) + value);
  return after;
}

function attributeOf(value: string | number): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { tokenStateOf } from '#shared/access-token/token-item.dynamodb.ts';
import type { DueAccount, TokenStore, WriteOutcome } from '#shared/access-token/token-store.ts';
import {
  acquireUpdate,
  addUpdate,
  commitUpdate,
  endOfLease,
  extendUpdate,
  failUpdate,
  keepUpdate,
} from '#shared/access-token/token-updates.dynamodb.ts';
import { type Item, numberOf } from '#shared/table/attributes.dynamodb.ts';
import type { ConditionalUpdate } from '#shared/table/conditional-update.dynamodb.ts';
import { appIdOfTokenKey, tokenKey } from '#shared/table/keys.ts';
import { parseCondition } from './condition-expression.ts';

/** A {@link TokenStore} in memory whose items a test can look at and change. */
export interface MemoryTokenStore extends TokenStore {
  /** The item as DynamoDB would hold it; `undefined` for an account that nobody added. */
  item(appId: string): Item | undefined;
  /** Sets attributes whatever the conditions say; `undefined` removes one. Creates the item. */
  patch(appId: string, attributes: Readonly<Record<string, string | number | undefined>>): void;
}

/** How a {@link MemoryTokenStore} may differ from a table of its own that answers at once. */
export interface MemoryTokenStoreSettings {
  /** Shared by the stores of several environments. */
  readonly items?: Map<string, Item>;
  /** Carries a request to the items and its outcome back. To try twice is to call `request` twice, as the SDK does after a lost answer. */
  readonly transmit?: <Outcome>(request: () => Outcome) => Promise<Outcome>;
  /** Called after every write that was won, with the item before and after. */
  readonly onWrite?: (before: Item | undefined, after: Item) => void;
}

/**
 * Does the very updates of token-updates.dynamodb.ts on items in memory, each at once and atomically: their conditions are evaluated, not
 * written a second time. Reads are consistent, `due` does not lag.
 */
export function createMemoryTokenStore({
  items = new Map(),
  transmit = async (request) => request(),
  onWrite,
}: MemoryTokenStoreSettings = {}): MemoryTokenStore {
  let steps = 0;

  const write = (appId: string, update: ConditionalUpdate): Promise<WriteOutcome> =>
    transmit(() => {
      const before = items.get(appId);
      if (!parseCondition(update.when.join(' AND '))(before ?? {}, valuesOf(update))) {
        if (before !== undefined && update.happened(before)) return { won: true, state: tokenStateOf(before) };
        return { won: false, state: before && tokenStateOf(before) };
      }
      const after = updated(before ?? newItem(appId), update);
      items.set(appId, after);
      onWrite?.(before, after);
      return { won: true, state: tokenStateOf(after) };
    });

  const read = (appId: string) =>
    transmit(() => {
      const item = items.get(appId);
      return item && tokenStateOf(item);
    });

  return {
    item: (appId) => items.get(appId),
    patch(appId, attributes) {
      const set = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
      const remove = Object.keys(attributes).filter((name) => attributes[name] === undefined);
      items.set(appId, updated(items.get(appId) ?? newItem(appId), { set, remove }));
    },
    read,
    glance: read,
    acquire: (request) => write(request.appId, acquireUpdate(request)),
    extend(request) {
      steps += 1;
      return write(request.appId, extendUpdate(request, `${request.leaseId}/${steps}`));
    },
    commit: (request) => write(request.appId, commitUpdate(request)),
    fail: (request) => write(request.appId, failUpdate(request)),
    keep: (request) => write(request.appId, keepUpdate(request)),
    async release(appId, leaseId) {
      await write(appId, endOfLease(leaseId));
    },
    add: async (appId, now) => (await write(appId, addUpdate(now))).won,
    due: (now) => transmit(() => dueAmong([...items.values()], now)),
  };
}

function dueAmong(items: readonly Item[], now: number): readonly DueAccount[] {
  return items
    .filter((item) => item['dueGroup'] !== undefined && numberOf(item, 'nextDueAt') <= now)
    .map((item) => ({ appId: appIdOfTokenKey(item['pk']?.S ?? ''), nextDueAt: numberOf(item, 'nextDueAt') }))
    .toSorted((left, right) => left.nextDueAt - right.nextDueAt);
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

import type { TokenStore } from '#shared/access-token/token-store.ts';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import { appIdOfTokenKey } from '#shared/table/keys.ts';
import { createMemoryTokenStore } from '../../memory-token-store.ts';
import type { Actor } from './actor.ts';
import { type Transmit, tableLine } from './table-line.ts';
import type { World } from './world.ts';

/** The table as one environment reaches it. */
export interface Table {
  readonly transmit: Transmit;
  readonly tokens: TokenStore;
}

/** The line of one environment to the table that all share. `isByOperator` tells for whom the environment is at work. */
export function tableFor(world: World, actor: Actor, isByOperator: () => boolean): Table {
  const { random, items, replica, accounts, note, time } = world;
  const line = tableLine(world, actor, () => random.fraction());
  let byOperator = false;
  const transmit: Transmit = (request) => {
    // A late request may arrive when the environment has long been at work for somebody else.
    const sentByOperator = isByOperator();
    return line(() => {
      byOperator = sentByOperator;
      return request();
    });
  };
  const onWrite = (before: Item | undefined, after: Item): void => {
    const account = accounts.get(appIdOfTokenKey(after['pk']?.S ?? ''));
    note(() => `${account?.account.appId} after a write of ${actor.name}: ${changes(before, after)}`);
    if (account === undefined) return;
    account.state = account.invariants.wrote(before, after, { at: time.now, byOperator });
    replica.follow(account.account.appId, after);
  };
  const tokens = createMemoryTokenStore({ items, transmit, onWrite });
  const late = createMemoryTokenStore({ items: replica.items, transmit });
  return { transmit, tokens: { ...tokens, glance: (appId) => late.glance(appId), due: (now) => late.due(now) } };
}

function changes(before: Readonly<Record<string, unknown>> = {}, after: Readonly<Record<string, unknown>>): string {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return changed.map((name) => `${name}=${JSON.stringify(after[name]) ?? '-'}`).join(' ');
}

import { fingerprintOf, type TokenMode } from '#shared/access-token/access-token.ts';
import { issuesPerDay, nextDueAt } from '#shared/access-token/lease-rules.ts';
import { tokenStateOf } from '#shared/access-token/token-item.dynamodb.ts';
import type { Account } from '#shared/account/account.ts';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import { DUE_GROUP } from '#shared/table/keys.ts';
import { createMemoryTokenStore } from '../../memory-token-store.ts';
import { noFigures } from './figures.ts';
import type { Mix } from './forecast.ts';
import { Invariants } from './invariants.ts';
import type { Random } from './random.ts';
import { WechatModel } from './wechat-model.ts';
import type { SimulatedAccount } from './world.ts';

const DOCUMENTED_LIFE_MS = 7_200_000;

/** What accounts come into. */
export interface Beginning {
  readonly random: Random;
  readonly mix: Mix;
  readonly items: Map<string, Item>;
  readonly now: number;
  readonly breach: (what: string) => void;
}

/** One account of each mode, a test account whose cap is near, and two that nobody calls; each somewhere in the life of its token. */
export function newAccounts(beginning: Beginning): readonly SimulatedAccount[] {
  const mode = beginning.random.pick<TokenMode>(['stable', 'classic']);
  return [
    newAccount(beginning, { appId: 'wxstable', mode: 'stable', testAccount: false }, false),
    newAccount(beginning, { appId: 'wxclassic', mode: 'classic', testAccount: false }, false),
    newAccount(beginning, { appId: 'wxtest', mode, testAccount: true }, false),
    newAccount(beginning, { appId: 'wxquietstable', mode: 'stable', testAccount: false }, true),
    newAccount(beginning, { appId: 'wxquietclassic', mode: 'classic', testAccount: false }, true),
  ];
}

function newAccount(
  { random, mix, items, now, breach }: Beginning,
  fields: Pick<Account, 'appId' | 'mode' | 'testAccount'>,
  quiet: boolean,
): SimulatedAccount {
  const account = { ...fields, displayName: fields.appId, addedAt: 0 };
  const lifeMs = mix === 'harsh' && random.chance(0.4) ? shortLifeMs(random) : DOCUMENTED_LIFE_MS;
  const model = new WechatModel(account.appId, lifeMs, random.chance(0.3));
  if (mix === 'harsh' && random.chance(0.2)) addWithoutToken(items, account.appId, now);
  else begin({ random, items, now }, account, model, lifeMs);
  return {
    account,
    quiet,
    neverFails: mix === 'moderate' && account.mode === 'stable',
    model,
    invariants: new Invariants(issuesPerDay(account.testAccount), (what) => breach(`${account.appId}: ${what}`)),
    figures: noFigures(),
    storedSecret: { value: model.secret, version: 'v1' },
    state: tokenStateOf(items.get(account.appId) ?? {}),
    disabledUntil: 0,
  };
}

/** WeChat only promises not to exceed two hours: so short that refreshes come one after the other. */
function shortLifeMs(random: Random): number {
  return Math.round(random.between(330_000, random.chance(0.5) ? 700_000 : 3_600_000));
}

function addWithoutToken(items: Map<string, Item>, appId: string, now: number): void {
  createMemoryTokenStore({ items }).patch(appId, { dueGroup: DUE_GROUP, tokenVersion: 0, nextDueAt: now });
}

/** An account whose token has some of its life behind it. */
function begin(
  { random, items, now }: Pick<Beginning, 'random' | 'items' | 'now'>,
  { appId, mode }: Account,
  model: WechatModel,
  lifeMs: number,
): void {
  const sentAt = Math.round(now - random.between(100, lifeMs - 300_000));
  const value = String(model.issue({ mode, secret: model.secret, force: false }, sentAt)['access_token']);
  const token = { sentAt, receivedAt: sentAt + 50, expiresAt: sentAt + lifeMs };
  const named = { accessToken: value, fingerprint: fingerprintOf(value), tokenMode: mode, tokenVersion: 1 };
  const due = { dueGroup: DUE_GROUP, nextDueAt: nextDueAt({ mode, ...token }, random.chance(0.5)) };
  createMemoryTokenStore({ items }).patch(appId, { ...named, ...token, ...due });
}

import type { TokenState } from '#shared/access-token/token-state.ts';
import type { Account } from '#shared/account/account.ts';
import type { AppSecret } from '#shared/account/app-secret.ts';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import type { ActorWorld } from './actor.ts';
import type { Figures } from './figures.ts';
import type { Invariants } from './invariants.ts';
import type { ProxiedCall } from './proxied-call.ts';
import type { Random } from './random.ts';
import type { Replica } from './replica.ts';
import type { WechatModel } from './wechat-model.ts';

/** One account of a world, with all that is true of it. */
export interface SimulatedAccount {
  readonly account: Account;
  /** Nobody calls it and nobody touches it: ticks alone keep its token. */
  readonly quiet: boolean;
  /** The day is such that no call for it may fail because of the gateway. */
  readonly neverFails: boolean;
  readonly model: WechatModel;
  readonly invariants: Invariants;
  readonly figures: Figures;
  /** The app secret as an operator has stored it. */
  storedSecret: AppSecret;
  /** As the table has it. */
  state: TokenState;
  /** Until when environments may remember that an operator had disabled the account, epoch milliseconds. */
  disabledUntil: number;
}

/** Everything that one day is about. */
export interface World extends ActorWorld {
  readonly random: Random;
  /** The table. */
  readonly items: Map<string, Item>;
  readonly replica: Replica;
  readonly accounts: ReadonlyMap<string, SimulatedAccount>;
  /** The heal markers in the table, by app ID. */
  readonly healMarkers: Map<string, HealMarker>;
  /** The callers' calls that have not ended, by name. */
  readonly calls: Map<string, ProxiedCall>;
  /** What must be put right before all is calm. */
  readonly undoings: Set<() => void>;
  readonly breach: (what: string) => void;
  /** Notes what the day came to see, so that a test can tell whether the faults bite. */
  readonly reach: (what: string) => void;
}

/** Who claimed the last heal of an account, and of which token. */
export interface HealMarker {
  readonly fingerprint: string;
  readonly markedAt: number;
  readonly claimId: number;
}

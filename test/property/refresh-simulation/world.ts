import type { TokenMode } from '#shared/access-token/access-token.ts';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import type { Invariants } from './invariants.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';
import type { WechatModel } from './wechat-model.ts';

/** The account of every schedule. */
export const APP_ID = 'wxsimulated';

/** Everything that one schedule is about. */
export interface World {
  readonly random: Random;
  readonly time: VirtualTime;
  readonly weather: Weather;
  readonly model: WechatModel;
  readonly invariants: Invariants;
  readonly items: Map<string, Item>;
  readonly mode: TokenMode;
  readonly lifeMs: number;
  readonly longestBetweenCallsMs: number;
  readonly note: (line: string) => void;
  readonly reach: (what: string) => void;
  /** The app secret as an operator has stored it. */
  storedSecret: { readonly value: string; readonly version: string };
  callersStop: boolean;
}

import type { TokenStore } from '#shared/access-token/token-store.ts';
import type { AccountStore } from '#shared/account/account-store.ts';
import type { CallerStore } from '#shared/caller/caller-store.ts';
import type { KeyUseStore } from '#shared/caller/key-use.ts';
import type { ServerIpsStore } from '#shared/server-ips/server-ips-store.ts';
import type { AccountItems } from './account-items.ts';
import type { AppSecretWriter } from './app-secret-writer.ts';
import type { CallerItems } from './caller-items.ts';
import type { RefreshFunction } from './refresh-function.ts';
import type { SyncFunction } from './sync-function.ts';
import type { Target } from './target.ts';

/** One gateway as its operators work with it. */
export interface OperatorGateway {
  readonly target: Target;
  readonly accounts: AccountStore;
  readonly accountItems: AccountItems;
  readonly tokens: TokenStore;
  readonly callers: CallerStore;
  readonly callerItems: CallerItems;
  readonly keyUse: Pick<KeyUseStore, 'lastUsedAt'>;
  readonly secrets: AppSecretWriter;
  readonly refreshFunction: RefreshFunction;
  readonly serverIps: Pick<ServerIpsStore, 'read' | 'history'>;
  readonly syncFunction: SyncFunction;
}

import type { TokenStore } from '#shared/access-token/token-store.ts';
import type { AccountStore } from '#shared/account/account-store.ts';
import type { ClearQuotaAllowances } from '#shared/account/clear-quota-allowance.ts';
import type { CallerStore } from '#shared/caller/caller-store.ts';
import type { KeyUseStore } from '#shared/caller/key-use.ts';
import type { RoleStore } from '#shared/caller/role-store.ts';
import type { LearntQuotaStore } from '#shared/quota/learnt-quotas.ts';
import type { ServerIpsStore } from '#shared/server-ips/server-ips-store.ts';
import type { UsageStore } from '#shared/usage/usage-store.ts';
import type { AccountItems } from './account-items.ts';
import type { AlarmReader } from './alarm-reader.ts';
import type { AppSecretWriter } from './app-secret-writer.ts';
import type { CallerItems } from './caller-items.ts';
import type { Examiner } from './examiner.ts';
import type { LogReader } from './log-reader.ts';
import type { QuotaFunction } from './quota-function.ts';
import type { RefreshFunction } from './refresh-function.ts';
import type { ScheduleReader } from './schedule-reader.ts';
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
  readonly roles: RoleStore;
  readonly keyUse: Pick<KeyUseStore, 'lastUsedAt'>;
  readonly learntQuotas: LearntQuotaStore;
  readonly usage: UsageStore;
  readonly clearQuotaAllowances: Pick<ClearQuotaAllowances, 'left'>;
  readonly quotaFunction: QuotaFunction;
  readonly secrets: AppSecretWriter;
  readonly refreshFunction: RefreshFunction;
  readonly serverIps: Pick<ServerIpsStore, 'read' | 'history'>;
  readonly syncFunction: SyncFunction;
  readonly examiner: Examiner;
  // Loaded only by the commands that look there.
  readonly openLogs: () => Promise<LogReader>;
  readonly openAlarms: (stage: string) => Promise<AlarmReader>;
  readonly openSchedules: () => Promise<ScheduleReader>;
}

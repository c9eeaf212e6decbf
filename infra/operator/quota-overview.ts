import type { Account } from '#shared/account/account.ts';
import type { Caller } from '#shared/caller/caller.ts';
import type { LearntQuotas } from '#shared/quota/learnt-quotas.ts';
import { type QuotaForecast, quotaForecast } from '#shared/quota/quota-forecast.ts';
import { clearedToday, type KnownQuota, type QuotaPlan, quotaPlan, ruleOf } from '#shared/quota/quota-plan.ts';
import type { QuotaRule } from '#shared/quota/quota-rule.ts';
import { callsCounted, type QuotaUse, quotaUses } from '#shared/quota/quota-use.ts';
import { shareOfCaller } from '#shared/quota/quota-windows.ts';
import { callsByEndpoint, type DayUsage } from '#shared/usage/day-usage.ts';

/** One endpoint of an account today: how far its quota is used, by whom, and how long it lasts. */
export interface EndpointOverview {
  readonly endpoint: string;
  /** As in {@link QuotaUse}. */
  readonly calls: number;
  /** `undefined` where nobody knows the quota; so are the others' calls then. */
  readonly known:
    | {
        readonly quota: KnownQuota;
        readonly others: number;
        readonly usedPercent: number;
        readonly forecast: QuotaForecast;
      }
    | undefined;
  /** WeChat's last word on it. */
  readonly learnt: ReturnType<LearntQuotas['quotas']['get']>;
  /** How it is shared, if it is. */
  readonly rule: QuotaRule | undefined;
  /** When it was cleared today, epoch milliseconds. */
  readonly clearedAt: number | undefined;
  /** Since midnight (UTC+8), the most calls first. */
  readonly callers: readonly CallerOverview[];
}

/** What a caller did with an endpoint. */
export interface CallerOverview {
  readonly callerId: string;
  /** `undefined` for one that was removed, and for the calls that no caller's name is kept of. */
  readonly name: string | undefined;
  readonly calls: number;
  /** Calls a day that it may make at most. */
  readonly share: number | undefined;
}

/** What the overview is made of. */
export interface OverviewParts {
  readonly account: Account;
  readonly learnt: LearntQuotas;
  readonly today: DayUsage;
  /** Those that there still are, by id. */
  readonly callers: ReadonlyMap<string, Caller>;
  readonly now: number;
}

/** Every endpoint with calls today: the fullest quotas first, then those whose quota nobody knows, by calls. */
export function quotaOverview(parts: OverviewParts): readonly EndpointOverview[] {
  const { account, learnt, today, now } = parts;
  const plan = quotaPlan(account, learnt);
  const uses = quotaUses(today, plan, now);
  const called = [...callsByEndpoint(today)].filter(([, calls]) => calls > 0).map(([endpoint]) => endpoint);
  const known = uses.filter(({ endpoint }) => called.includes(endpoint));
  const unknown = called
    .filter((endpoint) => !uses.some((use) => use.endpoint === endpoint))
    .map((endpoint) => overviewOf(parts, plan, endpoint, undefined))
    .toSorted((one, other) => other.calls - one.calls);
  return [...known.map((use) => overviewOf(parts, plan, use.endpoint, use)), ...unknown];
}

function overviewOf(
  parts: OverviewParts,
  plan: QuotaPlan,
  endpoint: string,
  use: QuotaUse | undefined,
): EndpointOverview {
  const { today, now } = parts;
  return {
    endpoint,
    calls: use?.calls ?? callsCounted(today, plan, endpoint, now),
    known: use && {
      quota: use.quota,
      others: use.others,
      usedPercent: use.usedPercent,
      forecast: quotaForecast(use, today, now),
    },
    learnt: plan.quotas.get(endpoint),
    rule: use && ruleOf(plan, endpoint),
    clearedAt: clearedToday(plan, endpoint, now),
    callers: callersOf(parts, plan, endpoint),
  };
}

function callersOf({ account, today, callers }: OverviewParts, plan: QuotaPlan, endpoint: string) {
  return today.rows
    .filter((row) => row.endpoint === endpoint && row.calls > 0)
    .map(({ caller: callerId, calls }): CallerOverview => {
      const caller = callers.get(callerId);
      const share = caller && shareOfCaller(plan, { caller, appId: account.appId, endpoint });
      return { callerId, name: caller?.name, calls, share };
    })
    .toSorted((one, other) => other.calls - one.calls);
}

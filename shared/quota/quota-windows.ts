import type { Caller } from '../caller/caller.ts';
import { grantsPermission } from '../caller/grant.ts';
import type { EndpointWindow } from '../caller/limit-window.ts';
import { nextQuotaDayStart, quotaDay } from '../wechat/quota-day.ts';
import { callsOfOthers, clearedToday, knownQuota, type QuotaPlan, ruleOf } from './quota-plan.ts';
import { type QuotaRule, SMALLEST_RESERVE_PERCENT } from './quota-rule.ts';

/** Whose call it would be, and to which endpoint of which account. */
export interface QuotaCall {
  readonly caller: Pick<Caller, 'id' | 'grants' | 'shares'>;
  readonly appId: string;
  /** As `endpointName` gives it. */
  readonly endpoint: string;
}

/** A caller's share of an endpoint in calls a day: its own, else the part that each caller has; `undefined` when nothing limits it. */
export function shareOfCaller(plan: QuotaPlan, { caller, appId, endpoint }: QuotaCall): number | undefined {
  const own = caller.shares?.find((share) => share.appId === appId && share.endpoint === endpoint);
  if (own !== undefined) return own.calls;
  const each = ruleOf(plan, endpoint)?.eachPercent;
  if (each === undefined) return undefined;
  const quota = knownQuota(plan, endpoint);
  return quota === undefined ? undefined : Math.max(1, percentOf(each, quota.calls));
}

/**
 * The windows of the day that a call counts in because its endpoint is shared: the caller's share, and what the quota leaves after the reserve. Who may
 * use the reserve (`quota:reserve`) counts in the latter without an end, up to WeChat's own. None where nothing is configured.
 */
export function quotaWindows(plan: QuotaPlan, call: QuotaCall, now: number): readonly EndpointWindow[] {
  const share = shareWindow(plan, call, now);
  const open = openWindow(plan, call, now);
  return [...(share === undefined ? [] : [share]), ...(open === undefined ? [] : [open])];
}

function shareWindow(plan: QuotaPlan, call: QuotaCall, now: number): EndpointWindow | undefined {
  const share = shareOfCaller(plan, call);
  if (share === undefined) return undefined;
  const { caller, appId, endpoint } = call;
  return {
    owner: caller.id,
    id: `SHARE#${quotaDay(now)}#${appId}#${endpoint}`,
    of: `${appId} ${endpoint}`,
    endsAt: nextQuotaDayStart(now),
    share,
    usedUp: 'endpoint-share',
  };
}

function openWindow(plan: QuotaPlan, { caller, appId, endpoint }: QuotaCall, now: number): EndpointWindow | undefined {
  const rule = ruleOf(plan, endpoint);
  if (rule === undefined) return undefined;
  const quota = knownQuota(plan, endpoint);
  if (quota === undefined) return undefined;
  const open = openCalls(rule, quota.calls) - callsOfOthers(plan, endpoint, now);
  // A clear begins another count: what was reserved before it is WeChat's to forget.
  const cleared = clearedToday(plan, endpoint, now);
  const begun = cleared === undefined ? '' : `#${cleared}`;
  const mayUseReserve = grantsPermission(caller, appId, 'quota:reserve');
  return {
    owner: appId,
    id: `QUOTA#${quotaDay(now)}#${endpoint}${begun}`,
    of: mayUseReserve ? `${endpoint} with reserve` : endpoint,
    endsAt: nextQuotaDayStart(now),
    share: mayUseReserve ? Number.MAX_SAFE_INTEGER : Math.max(0, open),
    blocksOf: quota.calls,
    usedUp: 'endpoint-reserve',
  };
}

/** What of a quota is open to callers that may not use the reserve. */
export function openCalls({ reservePercent = SMALLEST_RESERVE_PERCENT }: QuotaRule, quota: number): number {
  return quota - Math.ceil((quota * reservePercent) / 100);
}

function percentOf(percent: number, calls: number): number {
  return Math.floor((calls * percent) / 100);
}

import type { Clock } from '../clock.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import type { UsageReader } from '../usage/usage-reader.ts';
import { quotaDay } from '../wechat/quota-day.ts';
import { NEARLY_USED_PERCENT } from './nearly-used.ts';
import type { QuotaLearner } from './quota-learner.ts';
import type { QuotaPlan } from './quota-plan.ts';
import type { QuotaPlanReader } from './quota-plan-reader.ts';
import { type QuotaUse, quotaUses } from './quota-use.ts';

const LOOK_AFTER_MS = 60_000;
/** So many environments look once a minute each; more of them share the looks, so that watching costs the same. */
const LOOKERS = 10;
const MAX_ACCOUNTS = 1_000;
/** From here on our own count is no longer enough to go by: other systems may call too, and WeChat is asked. */
const ASK_PERCENT = 70;

/** Watches how far the accounts' quotas are used. */
export interface QuotaWatch {
  /**
   * Measures an account's fullest quota, at most once a minute, and has each that our own calls have used by more than 70 % learnt from WeChat, once a
   * day. Run beside a call; never rejects.
   */
  look(appId: string): Promise<void>;
}

/** What the watch needs. */
export interface QuotaWatchDependencies {
  readonly usage: UsageReader;
  readonly plans: QuotaPlanReader;
  readonly learner: QuotaLearner;
  readonly metrics: Metrics;
  /** Told which quota it is that is nearly used up. */
  readonly log: Log;
  readonly clock: Pick<Clock, 'now'>;
  readonly onError: (appId: string, error: unknown) => void;
}

/** Between two looks, epoch milliseconds: over too when the clock went back before its beginning. */
interface Pause {
  readonly from: number;
  readonly until: number;
}

/** One environment's watch: it measures what all environments have counted. */
export function createQuotaWatch(dependencies: QuotaWatchDependencies): QuotaWatch {
  const { usage, plans, learner, metrics, log, clock, onError } = dependencies;
  // By account, the longest unchanged first.
  const pauses = new Map<string, Pause>();
  // What this environment has asked for today.
  let asked = { day: '', quotas: new Set<string>() };

  function pause(appId: string, from: number, durationMs: number): void {
    pauses.delete(appId);
    pauses.set(appId, { from, until: from + durationMs });
    const [oldest] = pauses.keys();
    if (pauses.size > MAX_ACCOUNTS && oldest !== undefined) pauses.delete(oldest);
  }

  function isPausing(appId: string, now: number): boolean {
    const present = pauses.get(appId);
    return present !== undefined && now >= present.from && now < present.until;
  }

  async function measure(appId: string, now: number): Promise<void> {
    const [{ usage: today, environments }, plan] = await Promise.all([
      usage.get(appId, quotaDay(now)),
      plans.get(appId),
    ]);
    pause(appId, now, LOOK_AFTER_MS * Math.max(1, environments / LOOKERS));
    const uses = quotaUses(today, plan, now);
    const [fullest] = uses;
    if (fullest !== undefined) report(appId, fullest);
    const unsure = uses.filter((use) => isNearlyOurs(use) && !isToldSince(plan, use, now));
    for (const { endpoint } of unsure) await askOnce(appId, endpoint, quotaDay(now));
  }

  /** One that could not be asked for is tried again with the next look. */
  async function askOnce(appId: string, endpoint: string, day: string): Promise<void> {
    if (asked.day !== day) asked = { day, quotas: new Set() };
    const name = `${appId} ${endpoint}`;
    if (asked.quotas.has(name)) return;
    await learner.learn(appId, endpoint);
    asked.quotas.add(name);
  }

  function report(account: string, { endpoint, usedPercent }: QuotaUse): void {
    metrics({ QuotaUsedPercent: usedPercent });
    if (usedPercent > NEARLY_USED_PERCENT)
      log('WARN', { event: 'quota-nearly-used', account, path: endpoint, usedPercent });
  }

  return {
    async look(appId) {
      const now = clock.now();
      if (isPausing(appId, now)) return;
      pause(appId, now, LOOK_AFTER_MS);
      try {
        await measure(appId, now);
      } catch (error) {
        // A measurement less: the alarm looks at several, and another environment measures too.
        onError(appId, error);
      }
    },
  };
}

function isNearlyOurs({ calls, quota }: Pick<QuotaUse, 'calls' | 'quota'>): boolean {
  return calls > (quota.calls * ASK_PERCENT) / 100;
}

/** Whether WeChat has told this today when it was as full: another environment has had it asked. */
function isToldSince({ quotas }: QuotaPlan, { endpoint, quota }: QuotaUse, now: number): boolean {
  const told = quotas.get(endpoint);
  return told !== undefined && quotaDay(told.at) === quotaDay(now) && isNearlyOurs({ calls: told.counted, quota });
}

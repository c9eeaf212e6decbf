import type { AccountStore } from '../account/account-store.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import { createUsageReader, type UsageReader } from '../usage/usage-reader.ts';
import { createUsageRecorder, type UsageRecorder } from '../usage/usage-recorder.ts';
import type { UsageStore } from '../usage/usage-store.ts';
import type { LearntQuotaStore } from './learnt-quotas.ts';
import type { QuotaLearner } from './quota-learner.ts';
import { createQuotaPlanReader, type QuotaPlanReader } from './quota-plan-reader.ts';
import { createQuotaWatch } from './quota-watch.ts';

/** What counting calls and sharing quotas needs. */
export interface CountingDependencies {
  readonly accounts: Pick<AccountStore, 'get'>;
  readonly learntQuotas: LearntQuotaStore;
  readonly quotaLearner: QuotaLearner;
  readonly usageStore: UsageStore;
  readonly clock: Pick<Clock, 'now'>;
  /** In [0, 1). */
  readonly random: () => number;
  /** A name that nobody else has: letters, digits and `-`. */
  readonly newName: () => string;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** One environment's counters, and what it knows of quotas and of everybody's counts. */
export interface CountingParts {
  readonly usage: UsageRecorder;
  readonly usageReader: UsageReader;
  readonly quotas: QuotaPlanReader;
  readonly learntQuotas: LearntQuotaStore;
}

/** Puts them together: what was counted is measured against the quotas after each flush. What fails beside a call goes to the log. */
export function createCountingParts(dependencies: CountingDependencies): CountingParts {
  const { accounts, learntQuotas, quotaLearner, usageStore, clock, random, newName, metrics, log } = dependencies;
  const warn = (event: string) => (account: string, error: unknown) => log('WARN', { event, account, error });
  const usageReader = createUsageReader(usageStore, clock);
  const quotas = createQuotaPlanReader({
    accounts,
    learnt: learntQuotas,
    clock,
    random,
    onStale: warn('stale-quotas'),
  });
  // The watch measures quotas that no rule shares out as well.
  const wholePlans: QuotaPlanReader = {
    async get(appId) {
      const [plan, learnt] = await Promise.all([quotas.get(appId), learntQuotas.read(appId)]);
      return { ...plan, ...learnt };
    },
  };
  const onError = warn('quota-not-measured');
  const watch = createQuotaWatch({
    usage: usageReader,
    plans: wholePlans,
    learner: quotaLearner,
    metrics,
    log,
    clock,
    onError,
  });
  const usage = createUsageRecorder({
    store: usageStore,
    clock,
    newName,
    onFlushed: (appId) => watch.look(appId),
    onError: warn('usage-not-stored'),
  });
  return { usage, usageReader, quotas, learntQuotas };
}

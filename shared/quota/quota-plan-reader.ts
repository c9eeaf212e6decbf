import type { AccountStore } from '../account/account-store.ts';
import type { Clock } from '../clock.ts';
import { createStateReader } from '../table/state-reader.ts';
import { type LearntQuotaStore, NOTHING_LEARNT } from './learnt-quotas.ts';
import { type QuotaPlan, quotaPlan } from './quota-plan.ts';

/** The accounts' plans as one environment sees them. */
export interface QuotaPlanReader {
  /**
   * An account's plan, at most some 45 s old, or older while the table does not answer; an empty one for an account that nobody added. What WeChat has
   * told is in it only where the account has rules: nothing else is shared out by it, and the first call of an environment is one request shorter.
   * @throws the table's error when it does not answer and memory holds none
   */
  get(appId: string): Promise<QuotaPlan>;
}

/** What the reader needs. */
export interface QuotaPlanReaderDependencies {
  readonly accounts: Pick<AccountStore, 'get'>;
  readonly learnt: Pick<LearntQuotaStore, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  /** In [0, 1). */
  readonly random: () => number;
  /** Told when memory serves because the table does not answer, once per failed read. */
  readonly onStale: (appId: string, error: unknown) => void;
}

/** A bounded memory with one flight per account. */
export function createQuotaPlanReader(dependencies: QuotaPlanReaderDependencies): QuotaPlanReader {
  const { accounts, learnt, clock, random, onStale } = dependencies;
  const read = async (appId: string) => {
    const account = await accounts.get(appId);
    const quotas = account?.quotaRules === undefined ? NOTHING_LEARNT : await learnt.read(appId);
    // A plan has no versions: whichever was read last holds.
    return { ...quotaPlan(account, quotas), version: 0 };
  };
  return createStateReader({
    store: { read, glance: read },
    keyOf: (appId: string) => appId,
    isUsable: () => true,
    clock,
    random,
    onStale,
  });
}

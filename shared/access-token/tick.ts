import type { Clock } from '../clock.ts';
import { refresh } from './refresh.ts';
import type { RefreshDependencies, RefreshOutcome } from './refresh-outcome.ts';

/** What one tick did. */
export interface TickReport {
  /** One entry per account and look, in the order they ended. */
  readonly refreshes: readonly {
    readonly appId: string;
    readonly outcome: RefreshOutcome | { readonly kind: 'errored'; readonly error: unknown };
  }[];
  /** How long the worst account that is still due has been so; 0 when none is. */
  readonly overdueMs: number;
}

/** Eight accounts that hang until their deadline delay a ninth by one issue call and no more. */
const CONCURRENT_REFRESHES = 8;
const LOOK_EVERY_MS = 20_000;
const LAST_LOOK_BY_MS = 50_000;

/**
 * One scheduled tick: refreshes the accounts whose due time has come, the earliest first. While some are still due afterwards it looks again
 * every 20 s, for at most 50 s; otherwise it ends at once. One account's trouble never keeps another from being refreshed. Running twice at
 * the same moment is safe.
 * @throws the table's error when the due accounts cannot be read
 */
export async function tick(dependencies: RefreshDependencies): Promise<TickReport> {
  const { tokens, clock } = dependencies;
  const startedAt = clock.now();
  const refreshes: TickReport['refreshes'][number][] = [];
  for (;;) {
    const lookAt = clock.now();
    const due = await tokens.due(lookAt);
    await eachConcurrently(due, async ({ appId }) => {
      refreshes.push({ appId, outcome: await refreshOne(dependencies, appId) });
    });
    const [worst] = due.length === 0 ? [] : await tokens.due(clock.now());
    const nextLookAt = lookAt + LOOK_EVERY_MS;
    if (worst === undefined || nextLookAt > startedAt + LAST_LOOK_BY_MS) {
      return { refreshes, overdueMs: worst === undefined ? 0 : clock.now() - worst.nextDueAt };
    }
    await sleepUntil(clock, nextLookAt);
  }
}

async function refreshOne(
  dependencies: RefreshDependencies,
  appId: string,
): Promise<TickReport['refreshes'][number]['outcome']> {
  try {
    return await refresh(dependencies, appId, { kind: 'due' });
  } catch (error) {
    // Reported with the account; the others still have to be refreshed.
    return { kind: 'errored', error };
  }
}

async function eachConcurrently<Entry>(
  entries: readonly Entry[],
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  const queue = entries.values();
  const worker = async (): Promise<void> => {
    for (const entry of queue) await work(entry);
  };
  await Promise.all(Array.from({ length: CONCURRENT_REFRESHES }, worker));
}

async function sleepUntil(clock: Clock, at: number): Promise<void> {
  const now = clock.now();
  if (at > now) await clock.sleep(at - now);
}

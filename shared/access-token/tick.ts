import type { Clock } from '../clock.ts';
import { refresh } from './refresh.ts';
import type { RefreshDependencies, RefreshOutcome } from './refresh-outcome.ts';
import { usableToken } from './token-state.ts';

/** How one refresh of a tick ended; `errored`: it threw, most often because the table did not answer. */
export type TickOutcome = RefreshOutcome | { readonly kind: 'errored'; readonly error: unknown };

/** What one tick did. */
export interface TickReport {
  /** One entry per account and look, in the order they ended. */
  readonly refreshes: readonly { readonly appId: string; readonly outcome: TickOutcome }[];
  /** How long the worst account that is still due has been so; 0 when none is. */
  readonly overdueMs: number;
  /** How long the token of the worst account that was due still lives, 0 for one that is dead or missing; `undefined` when none was due. */
  readonly tokenLifeMs: number | undefined;
}

/** Eight accounts that hang until their deadline delay a ninth by one issue call and no more. */
const CONCURRENT_REFRESHES = 8;
const LOOK_EVERY_MS = 20_000;
const LAST_LOOK_BY_MS = 50_000;

/**
 * One scheduled tick: refreshes the accounts whose due time has come, the earliest first. While some are still due afterwards it looks again
 * every 20 s, for at most 50 s; otherwise it ends at once. One account's trouble never keeps another from being refreshed. Running twice at
 * the same moment is safe. No refresh begins after those 50 s: one that Lambda's timeout cut off could lose a token that WeChat has issued.
 * @param onOutcome told of each refresh as it ends, so that what has happened is known even if the tick does not live to its end
 * @throws the table's error when the due accounts cannot be read
 */
export async function tick(
  dependencies: RefreshDependencies,
  onOutcome: (appId: string, outcome: TickOutcome) => void = () => undefined,
): Promise<TickReport> {
  const { tokens, clock } = dependencies;
  const startedAt = clock.now();
  const lastStartBy = startedAt + LAST_LOOK_BY_MS;
  const refreshes: TickReport['refreshes'][number][] = [];
  for (;;) {
    const lookAt = clock.now();
    const due = await tokens.due(lookAt);
    await eachConcurrently(due, async ({ appId }) => {
      if (clock.now() > lastStartBy) return;
      const outcome = await refreshOne(dependencies, appId);
      onOutcome(appId, outcome);
      refreshes.push({ appId, outcome });
    });
    const [worst] = due.length === 0 ? [] : await tokens.due(clock.now());
    const nextLookAt = lookAt + LOOK_EVERY_MS;
    if (worst === undefined || nextLookAt > lastStartBy) {
      const tokenLifeMs = await shortestTokenLife(dependencies, refreshes);
      return { refreshes, overdueMs: worst === undefined ? 0 : clock.now() - worst.nextDueAt, tokenLifeMs };
    }
    await sleepUntil(clock, nextLookAt);
  }
}

/** Only an account without a commit costs a read. */
async function shortestTokenLife(
  dependencies: Pick<RefreshDependencies, 'tokens' | 'clock'>,
  refreshes: TickReport['refreshes'],
): Promise<number | undefined> {
  const ends: number[] = [];
  // An account's last outcome counts.
  await eachConcurrently([...new Map(refreshes.map(({ appId, outcome }) => [appId, outcome]))], async (refreshed) => {
    const end = await tokenEnd(dependencies, ...refreshed);
    if (end !== undefined) ends.push(end);
  });
  return ends.length === 0 ? undefined : Math.max(0, Math.min(...ends) - dependencies.clock.now());
}

/** When an account's token ends, 0 for none that may be used; `undefined` for an account that is disabled or cannot be read. */
async function tokenEnd(
  { tokens, clock }: Pick<RefreshDependencies, 'tokens' | 'clock'>,
  appId: string,
  outcome: TickOutcome,
): Promise<number | undefined> {
  if (outcome.kind === 'committed') return outcome.expiresAt;
  try {
    const state = await tokens.glance(appId);
    if (state === undefined || state.disabled) return undefined;
    return usableToken(state, clock.now())?.expiresAt ?? 0;
  } catch {
    // Its refresh has met the same trouble, and is reported with it.
    return undefined;
  }
}

async function refreshOne(dependencies: RefreshDependencies, appId: string): Promise<TickOutcome> {
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

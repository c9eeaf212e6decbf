import middy from '@middy/core';
import { refresh } from '#shared/access-token/refresh.ts';
import { parseRefreshEvent } from '#shared/access-token/refresh-event.ts';
import type { RefreshDependencies, RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';
import { reportRefresh } from '#shared/access-token/report-refresh.ts';
import { type TickOutcome, tick } from '#shared/access-token/tick.ts';
import type { Log } from '#shared/lambda/log.ts';
import type { Metrics } from '#shared/lambda/metrics.ts';

/** What the function needs; one set per environment. */
export interface RefreshAccessTokenDependencies extends RefreshDependencies {
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What an invocation answers: how one account's refresh ended, for an operator in full, or how many a tick has run. Holds no token. */
export type RefreshAnswer =
  | { readonly outcome: RefreshOutcome['kind'] }
  | RefreshOutcome
  | { readonly refreshes: number; readonly overdueMs: number };

/**
 * The only function that issues access tokens: a tick over the due accounts with the schedule's event `{}`, one account with a proxy's.
 * @throws for an event that is none of ours and when the table does not answer, so that Lambda counts the invocation as failed
 */
export function createHandler(dependencies: RefreshAccessTokenDependencies) {
  const report = (appId: string, outcome: TickOutcome): void => reportRefresh(dependencies, appId, outcome);
  const answer = async (event: unknown): Promise<RefreshAnswer> => {
    const parsed = parseRefreshEvent(event);
    if (parsed.kind === 'tick') {
      const { refreshes, overdueMs } = await tick(dependencies, report);
      dependencies.metrics({ RefreshOverdue: overdueMs });
      return { refreshes: refreshes.length, overdueMs };
    }
    const outcome = await refresh(dependencies, parsed.appId, parsed.reason);
    report(parsed.appId, outcome);
    return parsed.kind === 'operator' ? outcome : { outcome: outcome.kind };
  };
  return middy(answer);
}

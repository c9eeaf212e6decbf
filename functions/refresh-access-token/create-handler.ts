import middy from '@middy/core';
import { refresh } from '#shared/access-token/refresh.ts';
import { parseRefreshEvent } from '#shared/access-token/refresh-event.ts';
import type { RefreshDependencies, RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';
import { reportRefresh } from '#shared/access-token/report-refresh.ts';
import { type TickOutcome, tick } from '#shared/access-token/tick.ts';
import type { RefreshReason } from '#shared/access-token/token-store.ts';
import type { AccountExamination, UpstreamExamination } from '#shared/diagnosis/examination.ts';
import { examineAccount } from '#shared/diagnosis/examine-account.ts';
import { type ExamineUpstreamDependencies, examineUpstream } from '#shared/diagnosis/examine-upstream.ts';
import type { Log } from '#shared/lambda/log.ts';
import type { Metrics } from '#shared/lambda/metrics.ts';

/** What the function needs; one set per environment. */
export interface RefreshAccessTokenDependencies extends RefreshDependencies {
  readonly log: Log;
  readonly metrics: Metrics;
  /** What WeChat's hosts are looked at with when an operator wants to know. */
  readonly examining: Omit<ExamineUpstreamDependencies, 'clock'>;
}

/** What an invocation answers: how one account's refresh ended, for an operator in full, what an examination found, or how many a tick has run. Holds no token. */
export type RefreshAnswer =
  | { readonly outcome: RefreshOutcome['kind'] }
  | RefreshOutcome
  | AccountExamination
  | UpstreamExamination
  | { readonly refreshes: number; readonly overdueMs: number };

/**
 * The only function that issues access tokens: a tick over the due accounts with the schedule's event `{}`, one account with a proxy's. With its
 * address and the app secrets it is also the one that can say for an operator what WeChat makes of them.
 * @throws for an event that is none of ours and when the table does not answer, so that Lambda counts the invocation as failed
 */
export function createHandler(dependencies: RefreshAccessTokenDependencies) {
  const report = (account: string, outcome: TickOutcome, reason: RefreshReason = { kind: 'due' }): void =>
    reportRefresh(dependencies, { account, reason, outcome });
  const { clock, log } = dependencies;
  const examine = async (appId: string): Promise<AccountExamination> => {
    const examination = await examineAccount(dependencies, appId);
    log('INFO', { event: 'examine', account: appId, outcome: examination.kind });
    return examination;
  };
  const answer = async (event: unknown): Promise<RefreshAnswer> => {
    const parsed = parseRefreshEvent(event);
    if (parsed.kind === 'tick') {
      const { refreshes, overdueMs, tokenLifeMs } = await tick(dependencies, report);
      dependencies.metrics({ RefreshOverdue: overdueMs, ...(tokenLifeMs !== undefined && { TokenLife: tokenLifeMs }) });
      return { refreshes: refreshes.length, overdueMs };
    }
    if (parsed.kind === 'examine-upstream') return examineUpstream({ ...dependencies.examining, clock });
    if (parsed.kind === 'examine-account') return examine(parsed.appId);
    const outcome = await refresh(dependencies, parsed.appId, parsed.reason);
    report(parsed.appId, outcome, parsed.reason);
    return parsed.kind === 'operator' ? outcome : { outcome: outcome.kind };
  };
  return middy(answer);
}

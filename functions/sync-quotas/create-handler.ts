import middy from '@middy/core';
import { lookUpRid } from '#shared/diagnosis/look-up-rid.ts';
import type { Log } from '#shared/lambda/log.ts';
import { type ClearDependencies, clearQuotas } from '#shared/quota/clear-quotas.ts';
import { type LearnAllDependencies, learnAllQuotas } from '#shared/quota/learn-all-quotas.ts';
import { learnEndpoints, learnUsedEndpoints } from '#shared/quota/learn-quotas.ts';
import type { LearntQuotaStore } from '#shared/quota/learnt-quotas.ts';
import type { QuotaAnswer } from '#shared/quota/quota-answer.ts';
import { parseQuotaRequest } from '#shared/quota/quota-request.ts';
import { reportClear, reportLearning } from '#shared/quota/report-quotas.ts';

/** What the function needs; one set per environment. */
export interface SyncQuotasDependencies extends LearnAllDependencies, ClearDependencies {
  readonly learntQuotas: LearntQuotaStore;
  readonly log: Log;
}

/**
 * Speaks with WeChat about quotas: `{}` learns those of all accounts, `learn` one account's, `clear` sets counters back, `rid` tells what WeChat has
 * recorded of a request. Learning twice, at the same moment too, stores the same; a clear is never repeated here.
 * @throws for an event that is none of ours and when the table does not answer, so that Lambda counts the invocation as failed
 */
export function createHandler(dependencies: SyncQuotasDependencies) {
  return middy(async (event: unknown): Promise<QuotaAnswer> => {
    const request = parseQuotaRequest(event);
    switch (request.kind) {
      case 'learn-all':
        return learnAll(dependencies);
      case 'learn':
        return learn(dependencies, request.appId, request.endpoint);
      case 'clear': {
        const clear = await clearQuotas(dependencies, request.appId, request.endpoint);
        reportClear(dependencies.log, request.appId, request.endpoint, clear);
        return { kind: 'clear', ...clear };
      }
      case 'rid':
        return { kind: 'rid', ...(await lookUpRid(dependencies, request.appId, request.rid)) };
    }
  });
}

async function learnAll(dependencies: SyncQuotasDependencies): Promise<QuotaAnswer> {
  const learnings = await learnAllQuotas(dependencies);
  const failed = learnings.filter((learning) => !reportLearning(dependencies.log, learning));
  return { kind: 'learn-all', accounts: learnings.length, failedAccounts: failed.length };
}

async function learn(
  dependencies: SyncQuotasDependencies,
  appId: string,
  endpoint: string | undefined,
): Promise<QuotaAnswer> {
  const learning = await (endpoint === undefined
    ? learnUsedEndpoints(dependencies, appId, 1)
    : learnEndpoints(dependencies, appId, [endpoint]));
  reportLearning(dependencies.log, learning);
  return { kind: 'learn', ...learning };
}

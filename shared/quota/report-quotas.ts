import type { Log } from '../lambda/log.ts';
import type { ClearOutcome } from './clear-quotas.ts';
import type { LearningOfRound } from './learn-all-quotas.ts';

const PERCENT = 100;

/** One log line for what an account was told; a warning for what nobody could say. @returns whether all was told */
export function reportLearning(log: Log, learning: LearningOfRound): boolean {
  const { appId: account } = learning;
  if ('error' in learning) {
    log('ERROR', { event: 'quotas-not-learnt', account, error: learning.error });
    return false;
  }
  for (const told of learning.endpoints) {
    const { endpoint: path, outcome } = told;
    if (told.outcome === 'failed') {
      log('WARN', { event: 'quotas-not-learnt', account, path, cause: told.cause });
      return false;
    }
    const usedPercent = told.outcome === 'learnt' ? (told.quota.used / told.quota.dailyLimit) * PERCENT : undefined;
    log('INFO', { event: 'quota-told', account, path, outcome, usedPercent });
  }
  return true;
}

/** One log line for a clear that an operator wanted. */
export function reportClear(log: Log, account: string, path: string | undefined, clear: ClearOutcome): void {
  const isDone = clear.outcome === 'cleared';
  log(isDone ? 'INFO' : 'WARN', {
    event: 'quota-clear',
    account,
    path,
    outcome: clear.outcome,
    reason: isDone ? clear.by : undefined,
    errcode: clear.outcome === 'refused' ? clear.errcode : undefined,
    cause: 'cause' in clear ? clear.cause : undefined,
  });
}

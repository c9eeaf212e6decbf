import { CLEARS_PER_MONTH, type ClearKind } from '#shared/account/clear-quota-allowance.ts';
import type { ClearOutcome } from '#shared/quota/clear-quotas.ts';
import { askTrouble, refusedText } from './ask-trouble.ts';
import type { CommandResult } from './command-runner.ts';

/** What is to be cleared. */
export interface WantedClear {
  readonly appId: string;
  /** `undefined` for all quotas. */
  readonly endpoint: string | undefined;
}

/** Which of the month's allowances a clear is counted in. */
export function kindOf({ endpoint }: WantedClear): ClearKind {
  return endpoint === undefined ? 'all' : 'endpoint';
}

/** What it sets back, for people. */
export function countersText({ appId, endpoint }: WantedClear): string {
  return endpoint === undefined ? `all daily counters of ${appId}` : `the daily counter of ${endpoint} of ${appId}`;
}

/** What a clear came to; failed unless WeChat has done it. */
export function clearQuotaResult(
  wanted: WantedClear,
  outcome: ClearOutcome,
  clearsLeft: Readonly<Record<ClearKind, number>>,
): CommandResult {
  const kind = kindOf(wanted);
  const left = `${clearsLeft[kind]} of ${CLEARS_PER_MONTH[kind]} such clears are left this month.`;
  return {
    json: { appId: wanted.appId, endpoint: wanted.endpoint ?? null, ...outcome, clearsLeft },
    text: `${outcomeText(wanted, outcome)} ${left}`,
    failed: outcome.outcome !== 'cleared',
  };
}

function outcomeText(wanted: WantedClear, outcome: ClearOutcome): string {
  const counters = countersText(wanted);
  switch (outcome.outcome) {
    case 'cleared':
      return `Cleared ${counters}${outcome.by === 'app-secret' ? `, by app secret: "status ${wanted.appId}" says why there was no token` : ''}. Shared quotas begin anew within a minute.`;
    case 'allowance-used-up':
      return 'Not cleared: somebody has just used the last clear of the month.';
    case 'refused':
      return `Not cleared: ${refusedText(outcome.errcode)}`;
    case 'unknown':
      return `Nobody can say whether WeChat has cleared ${counters} (${outcome.cause}); it stays counted. "quota show ${wanted.appId}" asks WeChat for its counts.`;
    case 'not-sent':
      return `Not cleared, and not counted: ${askTrouble(outcome.cause, wanted.appId)}`;
  }
}

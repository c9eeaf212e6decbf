import type { QuotaReached } from '#shared/access-token/operator-issue.ts';
import type { RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';
import { describeFailure } from '#shared/own-endpoint/status.ts';
import type { CommandResult } from './command-runner.ts';
import { durationText, timeText } from './text-layout.ts';

const QUOTA_TEXTS: Readonly<Record<QuotaReached['cause'], string>> = {
  'issues-used-up': "the day's issues are used up, those kept for operators included",
  'forced-too-soon': 'WeChat ignores forced issues that are less than 30 s apart',
  'forced-issues-used-up': "the day's 20 forced issues are used up",
};

const OTHER_TEXTS = {
  superseded: 'Somebody else stored a newer token meanwhile: this issue was not needed.',
  kept: 'The stored token works; nothing was issued.',
  'not-needed': 'There was nothing to refresh.',
  held: 'Somebody else is refreshing this account: try again in a few seconds.',
  cooling: 'The account is in the pause after a failure: "status" shows it.',
  'unknown-account': 'The account is disabled: nothing was sent to WeChat. "account enable" ends that.',
} as const;

/** How an operator's refresh ended, with what to do when it failed. */
export async function refreshResult(appId: string, outcome: RefreshOutcome, now: number): Promise<CommandResult> {
  switch (outcome.kind) {
    case 'committed': {
      const { fingerprint, expiresAt, forced } = outcome;
      return {
        json: { appId, outcome: outcome.kind, fingerprint, expiresAt: new Date(expiresAt).toISOString(), forced },
        text: `WeChat issued a token for ${appId}: fingerprint ${fingerprint}, ${durationText(expiresAt - now)} left.`,
      };
    }
    case 'failed': {
      const failure = await describeFailure({ ...outcome.failure, at: now, count: 1 });
      const { cause, errcode, meaning, advice, rid, egressAddress } = failure;
      const what = errcode === null ? [cause] : [`errcode ${errcode}`, meaning];
      const notes = [egressAddress && `address ${egressAddress}`, rid && `rid ${rid}`];
      return {
        json: { appId, outcome: outcome.kind, failure },
        text: `No token for ${appId}: ${[...what, ...notes].filter(Boolean).join(', ')}.\n${advice}`,
        failed: true,
      };
    }
    case 'not-allowed':
      return {
        json: { appId, outcome: outcome.kind, cause: outcome.cause, retryAt: new Date(outcome.retryAt).toISOString() },
        text: `Nothing was sent for ${appId}: ${QUOTA_TEXTS[outcome.cause]}. Possible again at ${timeText(outcome.retryAt)}.`,
        failed: true,
      };
    case 'superseded':
    case 'kept':
    case 'not-needed':
      return { json: { appId, outcome: outcome.kind }, text: OTHER_TEXTS[outcome.kind] };
    case 'held':
    case 'cooling':
    case 'unknown-account':
      return { json: { appId, outcome: outcome.kind }, text: OTHER_TEXTS[outcome.kind], failed: true };
  }
}

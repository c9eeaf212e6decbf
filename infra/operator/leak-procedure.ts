import type { RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';
import type { Clock } from '#shared/clock.ts';
import type { CommandResult } from './command-runner.ts';
import type { OperatorGateway } from './operator-gateway.ts';
import { refreshResult } from './refresh-result.ts';
import type { Terminal } from './terminal.ts';
import { durationText } from './text-layout.ts';

/** What the procedure needs of a session. */
export interface LeakSession {
  readonly gateway: Pick<OperatorGateway, 'refreshFunction'>;
  readonly terminal: Pick<Terminal, 'tell'>;
  readonly clock: Clock;
}

const ISSUES = 2;
/** A second more than WeChat wants, for the clocks that count it. */
const SPACING_MS = 31_000;
const PROGRESS_EVERY_MS = 10_000;

/**
 * WeChat's procedure for a leaked token: two forced issues at least 30 s apart (doc/service/api/base/api_getstableaccesstoken). In classic mode two
 * ordinary ones: each makes all tokens die but its own and the one before. Stops at the first that fails; done again it does both again.
 */
export async function replaceLeakedToken(session: LeakSession, appId: string): Promise<CommandResult> {
  const { clock, terminal } = session;
  const done: CommandResult[] = [];
  for (let issue = 1; issue <= ISSUES; issue += 1) {
    if (issue > 1) await waitWithProgress(session, SPACING_MS);
    const result = await refreshResult(appId, await issueWhenAllowed(session, appId), clock.now());
    done.push(result);
    if (result.failed) return stopped(appId, done);
    terminal.tell(`Issue ${issue} of ${ISSUES}: ${result.text}`);
  }
  return {
    json: { appId, leakedTokenReplaced: true, issues: done.map(({ json }) => json) },
    text: `The tokens of ${appId} from before are dead. Find the leak now; if the app secret may be known too, reset it in the console.`,
  };
}

/** Waits once when the last forced issue, by whomever, is too fresh. */
async function issueWhenAllowed(session: LeakSession, appId: string): Promise<RefreshOutcome> {
  const { gateway, clock } = session;
  const outcome = await gateway.refreshFunction.run(appId, 'leaked');
  if (outcome.kind !== 'not-allowed' || outcome.cause !== 'forced-too-soon') return outcome;
  await waitWithProgress(session, Math.min(SPACING_MS, Math.max(1_000, outcome.retryAt - clock.now())));
  return gateway.refreshFunction.run(appId, 'leaked');
}

async function waitWithProgress({ terminal, clock }: LeakSession, durationMs: number): Promise<void> {
  const endsAt = clock.now() + durationMs;
  for (let leftMs = durationMs; leftMs > 0; leftMs = endsAt - clock.now()) {
    terminal.tell(`WeChat wants 30 s between forced issues: ${durationText(leftMs)} left.`);
    await clock.sleep(Math.min(leftMs, PROGRESS_EVERY_MS));
  }
}

function stopped(appId: string, done: readonly CommandResult[]): CommandResult {
  const state =
    done.length === 1
      ? 'The leaked token may still work.'
      : 'The leaked token may still work: one issue of two was made.';
  return {
    json: { appId, leakedTokenReplaced: false, issues: done.map(({ json }) => json) },
    text: `${done.at(-1)?.text ?? ''}\n${state} Run this command again when the cause is gone.`,
    failed: true,
  };
}

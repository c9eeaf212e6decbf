import type { TokenMode } from '#shared/access-token/access-token.ts';

/** What one account's day came to, or several days together. */
export interface Figures {
  accountDays: number;
  issues: number;
  forcedIssues: number;
  /** In one account's whole day. */
  mostIssues: number;
  probes: number;
  /** Callers' calls that WeChat refused because of their token. */
  refusals: number;
  calls: number;
  /** Calls that were replayed with another token and went well. */
  healedCalls: number;
  /** Calls that failed because the gateway had no token that worked, or because the table did not answer; without those counted below. */
  failedCalls: number;
  /** The same, by cause. */
  readonly failures: Record<string, number>;
  /** Calls that failed in an environment that had nothing in memory yet, because the table did not answer. */
  coldFailures: number;
  /** Calls that ended with their environment. */
  crashedCalls: number;
  /** Calls that ended on their own way to WeChat and back, or took longer than API Gateway waits. */
  lostCalls: number;
  /** WeChat answered the call with an errcode that has nothing to do with its token. */
  passedOnErrors: number;
  /** Calls that WeChat refuses whatever their token, and those for an account that an operator has disabled. */
  rightlyRefused: number;
  /** How long WeChat would have refused the stored token, or there was none. */
  outageSeconds: number;
  longestOutageSeconds: number;
  /** From the end of all faults until the last second of an outage. */
  worstRecoverySeconds: number;
}

/** The figures of each mode. */
export type FiguresByMode = Readonly<Record<TokenMode, Figures>>;

/** Of nothing. */
export function noFigures(): Figures {
  return {
    accountDays: 0,
    issues: 0,
    forcedIssues: 0,
    mostIssues: 0,
    probes: 0,
    refusals: 0,
    calls: 0,
    healedCalls: 0,
    failedCalls: 0,
    failures: {},
    coldFailures: 0,
    crashedCalls: 0,
    lostCalls: 0,
    passedOnErrors: 0,
    rightlyRefused: 0,
    outageSeconds: 0,
    longestOutageSeconds: 0,
    worstRecoverySeconds: 0,
  };
}

/** Adds the figures of another day, or of many. */
export function addFigures(sum: Figures, more: Figures): void {
  sum.accountDays += more.accountDays;
  sum.issues += more.issues;
  sum.forcedIssues += more.forcedIssues;
  sum.mostIssues = Math.max(sum.mostIssues, more.mostIssues);
  sum.probes += more.probes;
  sum.refusals += more.refusals;
  sum.calls += more.calls;
  sum.healedCalls += more.healedCalls;
  sum.failedCalls += more.failedCalls;
  for (const [cause, calls] of Object.entries(more.failures)) sum.failures[cause] = (sum.failures[cause] ?? 0) + calls;
  sum.coldFailures += more.coldFailures;
  sum.crashedCalls += more.crashedCalls;
  sum.lostCalls += more.lostCalls;
  sum.passedOnErrors += more.passedOnErrors;
  sum.rightlyRefused += more.rightlyRefused;
  sum.outageSeconds += more.outageSeconds;
  sum.longestOutageSeconds = Math.max(sum.longestOutageSeconds, more.longestOutageSeconds);
  sum.worstRecoverySeconds = Math.max(sum.worstRecoverySeconds, more.worstRecoverySeconds);
}

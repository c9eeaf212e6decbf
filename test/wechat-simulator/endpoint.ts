import type { Account } from './account.ts';
import type { Answer, ErrorStyle } from './answers.ts';
import type { Call } from './call.ts';
import type { Platform } from './platform.ts';

/** Calls a day for a new account and for a test account (the official limit.html). */
export interface DailyQuota {
  newAccount: number;
  testAccount: number;
}

interface EndpointBasics extends ErrorStyle {
  method: 'GET' | 'POST';
}

/** A business call: an access token in the query, counted against a daily quota. */
export interface TokenEndpoint extends EndpointBasics {
  auth: 'access-token';
  /** Default: 10,000,000, the simulator's own figure for calls that limit.html does not list. */
  quota?: DailyQuota;
  /** A limit per minute, where the call's page names one; past it the answer is 45009. */
  perMinute?: number;
  /** May throw a Refusal; called after the token, the allow-list and the quota were checked. */
  handle(call: Call, account: Account, platform: Platform): Answer | Promise<Answer>;
}

/** A call with credentials of its own: it checks them itself. */
export interface OwnAuthEndpoint extends EndpointBasics {
  auth: 'own';
  handle(call: Call, platform: Platform): Answer;
}

export type Endpoint = TokenEndpoint | OwnAuthEndpoint;

/** Endpoints by exact path. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

const UNLISTED: DailyQuota = { newAccount: 10_000_000, testAccount: 10_000_000 };

/** The daily limit of a business call for one account. */
export function dailyLimit(endpoint: TokenEndpoint, account: Account): number {
  const quota = endpoint.quota ?? UNLISTED;
  return account.testAccount ? quota.testAccount : quota.newAccount;
}

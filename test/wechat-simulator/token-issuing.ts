import type { Account } from './account.ts';
import { Refusal } from './refusal.ts';
import type { IssuedToken } from './token-ledger.ts';

const OVERLAP_MS = 300_000;
const FORCED_SPACING_MS = 30_000;
const FORCED_PER_DAY = 20;
/** Calls a minute of the stable endpoint in normal mode; 45011 past it. */
export const STABLE_PER_MINUTE = 10_000;
const STABLE_PER_DAY = 500_000;
const CLASSIC_PER_DAY = { newAccount: 2_000, testAccount: 200 };

/** Where the stable endpoint lives. */
export const STABLE_PATH = '/cgi-bin/stable_token';
const CLASSIC_PATH = '/cgi-bin/token';

/** What a forced refresh is counted under; the path alone counts normal calls. */
const FORCED = `${STABLE_PATH}#forced`;

/** A token endpoint's answer: the token and its remaining life in whole seconds. */
export interface TokenAnswer {
  access_token: string;
  expires_in: number;
}

/** Daily limits of the two token endpoints, by path. */
export function tokenQuota(account: Account, path: string): number | undefined {
  if (path === STABLE_PATH) return STABLE_PER_DAY;
  if (path !== CLASSIC_PATH) return undefined;
  return account.testAccount ? CLASSIC_PER_DAY.testAccount : CLASSIC_PER_DAY.newAccount;
}

/**
 * GET /cgi-bin/token: always a new token; the previous one works for 5 more minutes, older ones die. Throws 45009 past the
 * daily limit (doc/oplatform/developers/dev/AccessToken.html).
 */
export function issueClassic(account: Account, now: number): TokenAnswer {
  countAgainst(account, CLASSIC_PATH, tokenQuota(account, CLASSIC_PATH) ?? 0);
  account.issuedToday.add('classic');
  return answer(account.classic.replace(OVERLAP_MS), now);
}

/**
 * POST /cgi-bin/stable_token in normal mode: the same token with its remaining life until its last 5 minutes, then the next one,
 * and both work for 5 minutes. Throws 45011 past 10,000 a minute, 45009 past 500,000 a day
 * (doc/service/api/base/api_getstableaccesstoken).
 */
export function issueStable(account: Account, now: number): TokenAnswer {
  if (account.minuteCalls.used(STABLE_PATH) >= STABLE_PER_MINUTE) throw new Refusal(45011);
  countAgainst(account, STABLE_PATH, STABLE_PER_DAY);
  account.minuteCalls.add(STABLE_PATH);
  account.issuedToday.add('stable');
  const current = account.stable.current();
  const keeps = current && current.expiresAt - now > OVERLAP_MS;
  return answer(keeps ? current : account.stable.replace(OVERLAP_MS), now);
}

/**
 * POST /cgi-bin/stable_token with force_refresh: a new token, and every earlier one dies at once. Within 30 s of the last
 * forced refresh it refreshes nothing and answers as normal mode does. Throws 45009 after 20 a day (same page).
 */
export function issueForced(account: Account, now: number): TokenAnswer {
  const last = account.lastForcedAt;
  if (last !== undefined && now - last < FORCED_SPACING_MS) return issueStable(account, now);
  countAgainst(account, FORCED, FORCED_PER_DAY);
  account.issuedToday.add('forced');
  account.lastForcedAt = now;
  return answer(account.stable.replace(0), now);
}

function countAgainst(account: Account, key: string, limit: number): void {
  if (account.dailyCalls.used(key) >= limit) throw new Refusal(45009);
  account.dailyCalls.add(key);
}

function answer(issued: IssuedToken, now: number): TokenAnswer {
  return { access_token: issued.token, expires_in: Math.floor((issued.expiresAt - now) / 1_000) };
}

import type { Account } from './account.ts';
import type { Call } from './call.ts';
import { invalidIp, LIVE_40001 } from './errmsgs.ts';
import type { Platform } from './platform.ts';
import { Refusal } from './refusal.ts';

/** What a call that uses the app secret presents. */
export interface Credentials {
  appId: string | undefined;
  appSecret: string | undefined;
  /** Checked between the secret and the account's state; left out where the call has none. */
  grantType?: { given: string | undefined; expected: string };
}

/**
 * Checks a call that carries the app secret, in WeChat's order: app ID (41002, 40013), secret (41004, 40125), grant type (40002),
 * frozen secret (40243), IP allow-list (40164), confirmation by the administrator (89503).
 */
export function checkAppSecret(platform: Platform, call: Call, credentials: Credentials): Account {
  if (!credentials.appId) throw new Refusal(41002);
  const account = platform.accounts.get(credentials.appId);
  if (!account) throw new Refusal(40013);
  if (!credentials.appSecret) throw new Refusal(41004);
  if (credentials.appSecret !== account.appSecret) throw new Refusal(40125);
  const { grantType } = credentials;
  if (grantType && grantType.given !== grantType.expected) throw new Refusal(40002);
  if (account.secretFrozen) throw new Refusal(40243);
  checkAllowList(account, call.remoteAddress);
  if (account.confirmationRequired) throw new Refusal(89503);
  return account;
}

/**
 * Checks a call that carries an access token, which only counts in the query: 41001 missing, 40001 unknown, replaced or killed,
 * 42001 expired, 40164 for official accounts that configured an allow-list. Mini-programs' allow-lists cover only calls with the secret
 * (doc/oplatform/developers/product/subscription_service/ section 1.3).
 */
export function checkAccessToken(platform: Platform, call: Call): Account {
  const token = call.query.get('access_token');
  if (!token) throw new Refusal(41001);
  const account = platform.ownerOf(token);
  const verdict = account?.verdict(token);
  if (!account || verdict === 'refused') throw new Refusal(40001, LIVE_40001);
  if (verdict === 'expired') throw new Refusal(42001);
  if (account.kind === 'official-account') checkAllowList(account, call.remoteAddress);
  return account;
}

function checkAllowList(account: Account, address: string): void {
  if (!account.allows(address)) throw new Refusal(40164, invalidIp(address));
}

import type { TokenMode } from '../access-token/access-token.ts';
import type { QuotaRule } from '../quota/quota-rule.ts';

/** One WeChat official account or mini-program, as an operator entered it. Its token and whether it is disabled are state of the token. */
export interface Account {
  /** WeChat's identifier, `appid` on the wire. */
  readonly appId: string;
  /** The name that people know it by. */
  readonly displayName: string;
  readonly mode: TokenMode;
  /** A WeChat test account, which has a tenth of the quotas. */
  readonly testAccount: boolean;
  /** Epoch milliseconds. */
  readonly addedAt: number;
  /** How callers share its daily quotas, at most one rule per endpoint. Absent: not at all. */
  readonly quotaRules?: readonly QuotaRule[] | undefined;
}

const APP_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether a text can be an app ID at all: what it is safe to put into a key or a secret's name. */
export function isAppId(text: string): boolean {
  return APP_ID.test(text);
}

import type { Account } from './account.ts';
import { issueClassic, issueForced, issueStable } from './token-issuing.ts';

/** What a test can do to an account, as its operator or as WeChat. All of it takes effect at once. */
export interface AccountControls {
  /** Tokens issued so far stop working (40001), of both modes by default; the next stable call issues a new one. */
  killCurrentToken(mode?: 'stable' | 'classic'): void;
  /** The newest token, if it works. */
  currentToken(mode: 'stable' | 'classic'): string | undefined;
  /** Whether a business call with this token would be let in as far as the token goes. */
  accepts(token: string): boolean;
  /**
   * An issue by somebody else: the same rules and quotas, but not in the log, and no check of credentials. Returns the token;
   * throws a Refusal when a quota is used up.
   */
  issueElsewhere(mode: 'stable' | 'classic', options?: { force?: boolean }): string;
  setSecret(appSecret: string): void;
  freezeSecret(): void;
  unfreezeSecret(): void;
  /** IPs or CIDR ranges; undefined takes the allow-list away. Throws on an entry that is neither. */
  setAllowedIps(ips: string[] | undefined): void;
  /** While on, calls with the secret get 89503. */
  requireConfirmation(on: boolean): void;
  /**
   * Token calls answered with a token since midnight in UTC+8: in normal stable mode (also those that gave the same token again), by
   * the classic endpoint, or forced refreshes that really refreshed. Clearing quotas leaves them as they are.
   */
  issued(mode: 'stable' | 'classic' | 'forced'): number;
}

export function accountControls(account: Account, now: () => number): AccountControls {
  return {
    killCurrentToken(mode) {
      if (mode !== 'classic') account.stable.killAll();
      if (mode !== 'stable') account.classic.killAll();
    },
    currentToken: (mode) => account[mode].current()?.token,
    accepts: (token) => account.verdict(token) === 'works',
    issueElsewhere(mode, options) {
      if (mode === 'classic') return issueClassic(account, now()).access_token;
      const issue = options?.force ? issueForced : issueStable;
      return issue(account, now()).access_token;
    },
    setSecret(appSecret) {
      account.appSecret = appSecret;
    },
    freezeSecret() {
      account.secretFrozen = true;
    },
    unfreezeSecret() {
      account.secretFrozen = false;
    },
    setAllowedIps: (ips) => account.setAllowedIps(ips),
    requireConfirmation(on) {
      account.confirmationRequired = on;
    },
    issued: (mode) => account.issuedToday.used(mode),
  };
}

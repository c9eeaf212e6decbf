import { FileShelf } from './file-shelf.ts';
import { IpAllowList } from './ip-allow-list.ts';
import { PeriodCounters } from './period-counters.ts';
import { chinaDay, chinaMonth, minute } from './periods.ts';
import { TokenLedger } from './token-ledger.ts';

/** An account that the simulator knows from the start. */
export interface SimulatedAccount {
  appId: string;
  appSecret: string;
  /** Default `official-account`. They differ in what the IP allow-list covers. */
  kind?: 'official-account' | 'mini-program';
  /** A test account: smaller quotas, 200 classic tokens a day instead of 2,000. */
  testAccount?: boolean;
  /** IPs or CIDR ranges; undefined means that no allow-list is configured and everybody may call. */
  allowedIps?: string[] | undefined;
}

/** One account inside the simulator: its credentials, tokens, counters and content. */
export class Account {
  readonly appId: string;
  readonly kind: 'official-account' | 'mini-program';
  readonly testAccount: boolean;
  readonly stable: TokenLedger;
  readonly classic: TokenLedger;
  /** Calls counted against daily quotas, by path; `clear_quota` sets them back. */
  readonly dailyCalls: PeriodCounters;
  readonly minuteCalls: PeriodCounters;
  readonly monthlyClears: PeriodCounters;
  /** Token calls answered today by mode; nothing but midnight in UTC+8 sets them back. */
  readonly issuedToday: PeriodCounters;
  readonly content = new AccountContent();
  appSecret: string;
  secretFrozen = false;
  confirmationRequired = false;
  /** Epoch milliseconds of the last forced refresh that really refreshed. */
  lastForcedAt: number | undefined;
  #allowList: IpAllowList | undefined;

  constructor(settings: SimulatedAccount, now: () => number) {
    this.appId = settings.appId;
    this.appSecret = settings.appSecret;
    this.kind = settings.kind ?? 'official-account';
    this.testAccount = settings.testAccount ?? false;
    this.stable = new TokenLedger(now);
    this.classic = new TokenLedger(now);
    this.dailyCalls = new PeriodCounters(now, chinaDay);
    this.minuteCalls = new PeriodCounters(now, minute);
    this.monthlyClears = new PeriodCounters(now, chinaMonth);
    this.issuedToday = new PeriodCounters(now, chinaDay);
    this.setAllowedIps(settings.allowedIps);
  }

  setAllowedIps(ips: string[] | undefined): void {
    this.#allowList = ips && new IpAllowList(ips);
  }

  allows(address: string): boolean {
    return this.#allowList?.allows(address) ?? true;
  }

  /** Whether a token of this account works; `unknown` when this account never had it. */
  verdict(token: string): 'works' | 'refused' | 'expired' | 'unknown' {
    const stable = this.stable.verdict(token);
    return stable === 'unknown' ? this.classic.verdict(token) : stable;
  }
}

/** What business calls create and read. */
class AccountContent {
  /** The menu's JSON as it was sent. */
  menu: string | undefined;
  readonly tags = new Map<number, { name: string; openIds: Set<string> }>();
  readonly remarks = new Map<string, string>();
  readonly temporaryMedia = new FileShelf();
  readonly materials = new FileShelf();
}

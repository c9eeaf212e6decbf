import { randomBytes, randomInt } from 'node:crypto';

const LIFETIME_MS = 7_200_000;
const REMEMBERED_TOKENS = 10_000;

/** One token as WeChat issued it; times are epoch milliseconds. */
export interface IssuedToken {
  readonly token: string;
  /** The end of its natural life: issued + 7,200 s. */
  readonly expiresAt: number;
  /** When it really stops working: earlier if replaced or killed, a little later if handed over in its last minutes. */
  endsAt: number;
}

/**
 * All tokens that one endpoint (stable or classic) issued for one account. An account has two ledgers that know nothing of
 * each other: the two endpoints' tokens are fully isolated (doc/service/api/base/api_getstableaccesstoken).
 */
export class TokenLedger {
  readonly #now: () => number;
  readonly #tokens = new Map<string, IssuedToken>();
  #latest: IssuedToken | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The newest token, if it still works. */
  current(): IssuedToken | undefined {
    return this.#latest && this.#now() < this.#latest.endsAt ? this.#latest : undefined;
  }

  /**
   * Issues a new token. The previous one, if it still works, goes on working for `previousWorksForMs`; all older ones die
   * at once.
   */
  replace(previousWorksForMs: number): IssuedToken {
    const now = this.#now();
    const previous = this.current();
    for (const older of this.#tokens.values()) older.endsAt = Math.min(older.endsAt, now);
    if (previous) previous.endsAt = now + previousWorksForMs;
    this.#latest = { token: newTokenText(), expiresAt: now + LIFETIME_MS, endsAt: now + LIFETIME_MS };
    this.#remember(this.#latest);
    return this.#latest;
  }

  /** Every token issued so far stops working now. */
  killAll(): void {
    for (const issued of this.#tokens.values()) issued.endsAt = Math.min(issued.endsAt, this.#now());
  }

  /** Whether a token works; `expired` died of age, `refused` was replaced or killed before. */
  verdict(token: string): 'works' | 'refused' | 'expired' | 'unknown' {
    const issued = this.#tokens.get(token);
    if (!issued) return 'unknown';
    if (this.#now() < issued.endsAt) return 'works';
    return issued.endsAt >= issued.expiresAt ? 'expired' : 'refused';
  }

  #remember(issued: IssuedToken): void {
    this.#tokens.set(issued.token, issued);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > REMEMBERED_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
  }
}

/** Looks like the real ones: a two-digit counter, `_`, then [A-Za-z0-9_-], 136 to 157 characters in all. */
function newTokenText(): string {
  const length = randomInt(133, 155);
  return `${randomInt(50, 100)}_${randomBytes(120).toString('base64url').slice(0, length)}`;
}

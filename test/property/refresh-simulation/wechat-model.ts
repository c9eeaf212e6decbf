import type { TokenMode } from '#shared/access-token/access-token.ts';

const OVERLAP_MS = 300_000;
const FORCED_SPACING_MS = 30_000;

interface Issued {
  readonly value: string;
  readonly expiresAt: number;
}

/** What the token endpoints are asked. */
export interface IssueCall {
  readonly mode: TokenMode;
  readonly secret: string;
  readonly force: boolean;
}

/** The body of an answer. */
export type Answer = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * WeChat's rules for one account's tokens (doc/service/api/base/api_getstableaccesstoken, doc/oplatform/developers/dev/AccessToken.html),
 * taken by their strictest reading: the token before works 5 minutes longer, but never past its own end.
 */
export class WechatModel {
  secret = 'secret-1';
  /** Called after every answer with a token. */
  onIssue: () => void = () => {};
  readonly #appId: string;
  readonly #lifeMs: number;
  /** After a kill, whether normal stable calls go on handing out the dead token, so that only a forced one helps. */
  readonly #handsOutDeadTokens: boolean;
  readonly #endsAt = new Map<string, number>();
  readonly #newest: { stable: Issued | undefined; classic: Issued | undefined } = {
    stable: undefined,
    classic: undefined,
  };
  #lastForcedAt = Number.NEGATIVE_INFINITY;
  #issued = 0;

  /** @param lifeMs of a new token: 7,200 s as a rule, but WeChat only promises not to exceed that */
  constructor(appId: string, lifeMs: number, handsOutDeadTokens: boolean) {
    this.#appId = appId;
    this.#lifeMs = lifeMs;
    this.#handsOutDeadTokens = handsOutDeadTokens;
  }

  /** The endpoint's whole answer to one call that arrived at `now`. */
  issue({ mode, secret, force }: IssueCall, now: number): Answer {
    if (secret !== this.secret) return { errcode: 40125, errmsg: 'invalid appsecret rid: 1-2-3' };
    const issued = mode === 'classic' ? this.#replace(mode, now, OVERLAP_MS) : this.#issueStable(force, now);
    this.onIssue();
    return { access_token: issued.value, expires_in: Math.floor((issued.expiresAt - now) / 1_000) };
  }

  /** get_api_domain_ip, or any other call with a token. */
  call(token: string, now: number): Answer {
    if (this.accepts(token, now)) return { ip_list: ['101.89.47.18'] };
    return { errcode: 40001, errmsg: 'invalid credential, access_token is invalid or not latest rid: 1-2-3' };
  }

  accepts(token: string, now: number): boolean {
    return now < this.endOf(token);
  }

  /** When the token stops working, as things stand. 0 for one that is long over. */
  endOf(token: string): number {
    return this.#endsAt.get(token) ?? 0;
  }

  /** All tokens of the account stop working. */
  kill(now: number): void {
    for (const [token, endsAt] of this.#endsAt) this.#endsAt.set(token, Math.min(endsAt, now));
  }

  #issueStable(force: boolean, now: number): Issued {
    if (force && now - this.#lastForcedAt >= FORCED_SPACING_MS) {
      this.#lastForcedAt = now;
      return this.#replace('stable', now, 0);
    }
    const newest = this.#newest.stable;
    const usable = newest !== undefined && (this.#handsOutDeadTokens || this.accepts(newest.value, now));
    if (usable && newest.expiresAt - now > OVERLAP_MS) return newest;
    return this.#replace('stable', now, OVERLAP_MS);
  }

  #replace(mode: TokenMode, now: number, previousWorksForMs: number): Issued {
    const previous = this.#newest[mode];
    for (const [token, endsAt] of this.#endsAt) {
      if (endsAt <= now) this.#endsAt.delete(token);
      if (endsAt <= now || !token.startsWith(`${this.#appId}.${mode}`)) continue;
      const worksFor = token === previous?.value ? previousWorksForMs : 0;
      this.#endsAt.set(token, Math.min(endsAt, now + worksFor));
    }
    this.#issued += 1;
    const issued = { value: `${this.#appId}.${mode}-${this.#issued}`, expiresAt: now + this.#lifeMs };
    this.#newest[mode] = issued;
    this.#endsAt.set(issued.value, issued.expiresAt);
    return issued;
  }
}

/** The app ID of the account that a token of any {@link WechatModel} is of. */
export function appIdOfToken(token: string): string {
  return token.slice(0, token.indexOf('.'));
}

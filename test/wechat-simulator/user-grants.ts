import { randomBytes } from 'node:crypto';
import { Refusal } from './refusal.ts';

const ACCESS_LIFETIME_MS = 7_200_000;
const REFRESH_LIFETIME_MS = 30 * 86_400_000;
const REMEMBERED_GRANTS = 10_000;

/** What a user granted an account by web login: the user's own tokens, not the account's access token. */
export interface UserGrant {
  readonly appId: string;
  readonly openId: string;
  readonly refreshToken: string;
  readonly refreshExpiresAt: number;
  accessToken: string;
  accessExpiresAt: number;
}

/** The users' OAuth tokens (doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html). */
export class UserGrants {
  readonly #now: () => number;
  #grants: UserGrant[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  grant(appId: string, openId: string): UserGrant {
    const now = this.#now();
    const grant = {
      appId,
      openId,
      accessToken: newUserToken(),
      accessExpiresAt: now + ACCESS_LIFETIME_MS,
      refreshToken: newUserToken(),
      refreshExpiresAt: now + REFRESH_LIFETIME_MS,
    };
    this.#grants = [...this.#grants.slice(-(REMEMBERED_GRANTS - 1)), grant];
    return grant;
  }

  /** A live user token is prolonged, an expired one replaced. Throws 40030 when unknown, 42002 after 30 days. */
  refresh(appId: string, refreshToken: string): UserGrant {
    const now = this.#now();
    const grant = this.#grants.find((one) => one.appId === appId && one.refreshToken === refreshToken);
    if (!grant) throw new Refusal(40030);
    if (now >= grant.refreshExpiresAt) throw new Refusal(42002);
    if (now >= grant.accessExpiresAt) grant.accessToken = newUserToken();
    grant.accessExpiresAt = now + ACCESS_LIFETIME_MS;
    return grant;
  }

  /** Throws 40001 for an unknown user token, 42001 for an expired one, 40003 for another user's. */
  check(accessToken: string, openId: string | null): UserGrant {
    const grant = this.#grants.find((one) => one.accessToken === accessToken);
    if (!grant) throw new Refusal(40001);
    if (this.#now() >= grant.accessExpiresAt) throw new Refusal(42001);
    if (grant.openId !== openId) throw new Refusal(40003);
    return grant;
  }
}

function newUserToken(): string {
  return `73_${randomBytes(64).toString('base64url')}`;
}

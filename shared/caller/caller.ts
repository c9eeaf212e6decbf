import type { CallerShare } from '../quota/quota-rule.ts';

import type { RoleRecord } from './role.ts';

/** What is stored of one caller key. The key itself is shown once and kept nowhere. */
export interface CallerKeyRecord {
  /** 12 base62 characters, of which the first 8 are the caller's id. Not secret. */
  readonly keyId: string;
  /** SHA-256 of the whole key, 64 lower-case hex digits. */
  readonly verifier: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Since when the key takes no Bearer calls and makes no new gateway tokens, epoch milliseconds. A revoked key has no record at all. */
  readonly retiredAt?: number | undefined;
}

/** Rights that no path pattern and no category implies. */
export const PERMISSIONS = ['token:read', 'rid:read', 'server-ips:read', 'quota:clear', 'quota:reserve'] as const;

/**
 * `token:read`: see the real access token; `rid:read`: look up any request of the account by its rid; `server-ips:read`: the IP lists;
 * `quota:clear`: set the account's daily counters back, which WeChat allows ten times a month; `quota:reserve`: go on when only the reserve of a shared
 * quota is left.
 */
export type Permission = (typeof PERMISSIONS)[number];

/** What a caller may do with one account. Nothing is allowed that is not listed. */
export interface Grant {
  readonly appId: string;
  /**
   * Path patterns, beginning with `/` (exact, or with `*` for any run of characters, `/` included); `category:` and a category of the endpoint
   * catalogue, for the calls listed there; and {@link PERMISSIONS}.
   */
  readonly allow: readonly string[];
}

/** How many calls of a caller may go up to WeChat, for all its accounts together: whole numbers from 1. What is absent is not limited. */
export interface CallerLimits {
  readonly perMinute?: number | undefined;
  /** A day in UTC+8, as WeChat counts. */
  readonly perDay?: number | undefined;
}

/** An app that uses the gateway. */
export interface Caller {
  /** 8 base62 characters. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** A disabled caller is refused whatever it presents. */
  readonly disabled: boolean;
  readonly keys: readonly CallerKeyRecord[];
  /** The IAM roles whose signed calls are this caller's. */
  readonly roles?: readonly RoleRecord[] | undefined;
  /** Seals the OAuth tokens of this caller's users: 32 random bytes as 64 hex digits, made with the caller and never changed. */
  readonly sealingKey: string;
  readonly grants: readonly Grant[];
  readonly limits?: CallerLimits | undefined;
  /** Its shares of endpoints, at most one per account and endpoint. */
  readonly shares?: readonly CallerShare[] | undefined;
}

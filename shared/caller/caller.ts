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

/** Rights that no path pattern implies. */
export const PERMISSIONS = ['token:read', 'rid:read', 'server-ips:read'] as const;

/** `token:read`: see the real access token; `rid:read`: look up any request of the account by its rid; `server-ips:read`: the IP lists. */
export type Permission = (typeof PERMISSIONS)[number];

/** What a caller may do with one account. Nothing is allowed that is not listed. */
export interface Grant {
  readonly appId: string;
  /** Path patterns, beginning with `/` (exact, or with `*` for any run of characters, `/` included), and {@link PERMISSIONS}. */
  readonly allow: readonly string[];
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
  readonly grants: readonly Grant[];
}

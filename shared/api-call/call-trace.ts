/** What the log tells of one proxied call, filled in as it goes so that a call that ends early tells how far it came. */
export interface CallTrace {
  account?: string;
  caller?: string;
  keyId?: string;
  errcode?: number | undefined;
  rid?: string | undefined;
  /** The address that WeChat saw, when it refused it. */
  egressAddress?: string | undefined;
  origin?: string;
  upstreamMs?: number;
  healed?: boolean;
  /** How often a call that WeChat was too busy for was sent again. */
  repeated?: number;
  /** Whether WeChat may have carried the call out. */
  sent?: boolean;
}

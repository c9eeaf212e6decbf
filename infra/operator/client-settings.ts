/** How an operator's machine, which may be far from the region, talks to AWS: a silent peer must not hang a command for ever. */
export const CLIENT_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

/** For running a function: once, for a repeated run could be a second issue, and for as long as it may take. */
export const INVOKE_SETTINGS = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 65_000, throwOnRequestTimeout: true },
} as const;

/** Likewise for the sync of IP lists, which waits for firewalls, and for quotas, which are asked for one by one: for as long as that may take. */
export const SYNC_SETTINGS = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 910_000, throwOnRequestTimeout: true },
} as const;

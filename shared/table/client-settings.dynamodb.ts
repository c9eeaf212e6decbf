/**
 * How the functions talk to the table: a peer that stays silent would otherwise hang a call for ever. A dead endpoint fails in about 3 s, well
 * inside a lease.
 */
export const DYNAMODB_CLIENT_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
} as const;

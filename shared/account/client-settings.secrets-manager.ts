/** How app secrets are read: a silent peer must not hold up a tick. A dead endpoint fails in about 3 s. */
export const SECRETS_CLIENT_SETTINGS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
} as const;

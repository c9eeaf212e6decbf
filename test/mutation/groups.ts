/** The code whose tests are tested, by what it decides. At least 85 % of the changes to each group must make a test fail. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  lease: [
    'shared/access-token/lease-rules.ts',
    'shared/access-token/token-state.ts',
    'shared/access-token/failure.ts',
    'shared/access-token/refresh-under-lease.ts',
    'shared/access-token/token-updates.dynamodb.ts',
  ],
  'commit-order': ['shared/access-token/commit-order.ts', 'shared/access-token/commit.ts'],
  'gateway-tokens': ['shared/caller/gateway-token.ts', 'shared/caller/caller-key.ts', 'shared/caller/base62.ts'],
  'request-checks': [
    'shared/api-call/path.ts',
    'shared/api-call/path-prefix.ts',
    'shared/api-call/query.ts',
    'shared/api-call/request.ts',
    'shared/api-call/doors.ts',
  ],
  'server-ips': [
    'shared/server-ips/judgement.ts',
    'shared/server-ips/observation.ts',
    'shared/server-ips/cidr.ts',
    'shared/server-ips/intervals.ts',
    'shared/server-ips/ranges.ts',
  ],
};

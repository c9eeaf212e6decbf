/** One price as it is published, without free tiers and volume discounts. */
export interface Price {
  readonly usd: number;
  /** What one pays for once. */
  readonly per: string;
  /** Where we have it from; `undefined` when no copy of a published page or price list told this region's price, so that it wants checking. */
  readonly confirmedBy: string | undefined;
}

/**
 * When these were written down. Each was looked for in public sources, none of them AWS's own page for this region, which could not be reached. Prices change
 * without notice: https://aws.amazon.com/pricing/ has a page for each service.
 */
export const PRICES_AS_OF = '2026-11-21';
/** The region that they are for. */
export const PRICES_REGION = 'ap-southeast-1';

/** Everything that a stage pays for, but what comes to less than a cent: SNS, SQS, EventBridge, API Gateway's own domain name. */
export const PRICES = {
  apiRequest: { usd: 1.25e-6, per: 'HTTP API request of up to 512 KB', confirmedBy: undefined },
  lambdaRequest: {
    usd: 0.2e-6,
    per: 'invocation',
    confirmedBy: 'aws.amazon.com/lambda/pricing as github.com/api-evangelist/aws-lambda read it on 2026-09-20',
  },
  lambdaGbSecond: {
    usd: 1.33334e-5,
    per: 'GB-second, arm64',
    confirmedBy: 'artillery 2.0.28, lib/platform/aws-lambda/prices.js: the same in all but five other regions',
  },
  tableWrite: { usd: 0.71e-6, per: 'write of up to 1 KB, on demand', confirmedBy: undefined },
  tableRead: { usd: 0.1425e-6, per: 'read of up to 4 KB, consistent, on demand', confirmedBy: undefined },
  logGb: { usd: 0.7, per: 'GB of log lines taken in', confirmedBy: undefined },
  alarmMetric: {
    usd: 0.1,
    per: 'metric that an alarm looks at, a month',
    confirmedBy: 'an Infracost estimate in github.com/vreutova/infracost-idem-support/pull/2',
  },
  customMetric: {
    usd: 0.3,
    per: 'metric, a month',
    confirmedBy: 'github.com/nishinoshake/aws-rough/issues/37, 2022-04-29',
  },
  dashboard: {
    usd: 3,
    per: 'dashboard, a month',
    confirmedBy: 'github.com/nishinoshake/aws-rough/issues/37, 2022-04-29',
  },
  kmsKey: {
    usd: 1,
    per: 'key, a month',
    confirmedBy: 'gist.github.com/dasgoll/b88d5be05dcc0deb052ad40446c2fb40, 2019-10-30',
  },
  secret: {
    usd: 0.4,
    per: 'secret, a month',
    confirmedBy:
      'aws.amazon.com/secrets-manager/pricing as github.com/api-evangelist/amazon-secrets-manager read it on 2026-09-20',
  },
  secretRead: {
    usd: 5e-6,
    per: 'read of a secret',
    confirmedBy:
      'aws.amazon.com/secrets-manager/pricing as github.com/api-evangelist/amazon-secrets-manager read it on 2026-09-20',
  },
  schedule: { usd: 1e-6, per: 'scheduled invocation', confirmedBy: undefined },
  internetGb: { usd: 0.12, per: 'GB to the internet', confirmedBy: undefined },
  natHour: { usd: 0.059, per: 'NAT gateway and hour', confirmedBy: 'basavytix.com/blog/aws-nat-gateway-pricing' },
  natGb: {
    usd: 0.059,
    per: 'GB through a NAT gateway, either way',
    confirmedBy: 'basavytix.com/blog/aws-nat-gateway-pricing',
  },
  addressHour: {
    usd: 0.005,
    per: 'public IPv4 address and hour',
    confirmedBy: 'cloudburn.io/blog/aws-nat-gateway-pricing, 2026-02-24',
  },
} as const satisfies Readonly<Record<string, Price>>;

/** Where all our metrics are, in CloudWatch. */
export const METRIC_NAMESPACE = 'WechatGateway';

/** The one dimension of each of our metrics: several stages may be in one AWS account. */
export const STAGE_DIMENSION = 'stage';

/** Every metric of ours with its unit, in CloudWatch's words. None is by account: the log lines of the same moment say which. */
export const METRIC_UNITS = {
  /** Each tick: now minus the due time of the account that has been due longest. */
  RefreshOverdue: 'Milliseconds',
  /** Each tick that found accounts due: how long the worst of their tokens still lives after it; 0 for one that is dead or missing. */
  TokenLife: 'Milliseconds',
  RefreshCommitted: 'Count',
  /** Refreshes that failed or threw, whatever the cause. */
  RefreshFailed: 'Count',
  /** WeChat refused our address (40164): in a refresh, while one cools down after that, and in a proxied call. */
  EgressAddressRefused: 'Count',
  /** The app secret is wrong, frozen, missing or malformed: in a refresh, while one cools down after that, and in a call that carries it. */
  AppSecretUnusable: 'Count',
  /** WeChat waits for the account's administrator to confirm our address (89501 to 89507), or the administrator has said no. */
  AdminConfirmationNeeded: 'Count',
  /** WeChat refuses to issue for another reason, such as a frozen account; also while a refresh cools down after that. */
  IssueRefused: 'Count',
  /** A quota ended issuing: WeChat's, or our own cap of the day; also while a refresh cools down after that. */
  IssueQuotaReached: 'Count',
  /** Tokens that WeChat had stopped taking before their end, and that were replaced for it. */
  TokensReplacedEarly: 'Count',
  Calls: 'Count',
  /** Calls that were sent to WeChat, or would have been if it could be reached. */
  UpstreamCalls: 'Count',
  /** How long WeChat took for one call, failover and replay included. */
  UpstreamLatency: 'Milliseconds',
  /** Our own part of a call's time. */
  OwnLatency: 'Milliseconds',
  CallsHealed: 'Count',
  CallsRefused: 'Count',
  /** Calls that were refused for what the caller sent, has not or may not: credential, grant, limit. */
  CallersRejected: 'Count',
  /** Calls that failed within the gateway, or for a token or secret that WeChat does not take. */
  GatewayFailures: 'Count',
  /** Calls that failed because of WeChat or the way there, after all attempts. */
  UpstreamFailures: 'Count',
  /** Failed attempts by kind, also those that another host or a later try made good. */
  UpstreamDnsFailures: 'Count',
  UpstreamConnectFailures: 'Count',
  UpstreamTimeouts: 'Count',
  UpstreamResets: 'Count',
  /** Not HTTP, not what WeChat documents, or a status of 500 and more. */
  UpstreamMalformedAnswers: 'Count',
  /** The most used of WeChat's quotas per endpoint, in percent of its limit. */
  QuotaUsedPercent: 'Percent',
  /** IP lists that WeChat gave in a sync, whatever came of them: the sync's heartbeat. */
  ServerIpsChecked: 'Count',
  ServerIpsChanged: 'Count',
  /** Lists that wait because more than half of the addresses are gone, at each sync. */
  ServerIpsPending: 'Count',
  ServerIpsRefused: 'Count',
  ServerIpsNotFetched: 'Count',
  /** Announcements of a new version that failed. */
  ServerIpsUntold: 'Count',
  FirewallsFailed: 'Count',
} as const;

/** A metric's name. */
export type MetricName = keyof typeof METRIC_UNITS;

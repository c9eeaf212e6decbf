import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { MetricName } from '#shared/lambda/metric-names.ts';
import { gatewayMetric, watchedMetric } from './watched-metric.ts';
import type { WatchedParts } from './watched-parts.ts';

const MINUTE = 60;
/** A healthy account is refreshed about once an hour: this shows each of them. */
const SHOWN_AT_FIRST = Duration.hours(3);
const WIDTH = 8;
const HEIGHT = 4;

/** One screen that answers: is every account alive, what is failing, who is calling. */
export class Dashboard extends Construct {
  readonly name: string;
  private readonly parts: WatchedParts;

  constructor(scope: Construct, id: string, parts: WatchedParts, alarms: readonly Alarm[]) {
    super(scope, id);
    this.parts = parts;
    this.name = `wechat-gateway-${parts.stage}`;
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: this.name,
      defaultInterval: SHOWN_AT_FIRST,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 5 })],
        [heading('Is every account alive?')],
        this.accounts(),
        [heading('What is failing?')],
        this.failures(),
        [heading('Who is calling?')],
        this.callers(),
      ],
    });
  }

  private accounts(): IWidget[] {
    return [
      this.graph('Refresh overdue and shortest token life, ms', [
        this.ours('RefreshOverdue', 'Maximum'),
        this.ours('TokenLife', 'Minimum'),
      ]),
      this.counts('Refreshes', 'RefreshCommitted', 'RefreshFailed', 'TokensReplacedEarly'),
      this.logTable('Last refresh of each account', this.parts.functions['refresh-access-token'].logs.logGroupName, [
        'filter event = "refresh"',
        'stats latest(outcome) as outcome, latest(errcode) as errcode, latest(expiresAt) as expires, latest(@timestamp) as at by account',
        'sort at desc',
      ]),
    ];
  }

  private failures(): IWidget[] {
    return [
      this.counts(
        'Why tokens are not issued',
        'EgressAddressRefused',
        'AppSecretUnusable',
        'AdminConfirmationNeeded',
        'IssueRefused',
        'IssueQuotaReached',
      ),
      this.counts(
        'Failed attempts to reach WeChat',
        'UpstreamDnsFailures',
        'UpstreamConnectFailures',
        'UpstreamTimeouts',
        'UpstreamResets',
        'UpstreamMalformedAnswers',
      ),
      this.graph('The gateway itself', [
        this.ours('GatewayFailures', 'Sum'),
        this.ours('FirewallsFailed', 'Sum'),
        ...this.awsFailures(),
      ]),
    ];
  }

  private callers(): IWidget[] {
    return [
      this.counts('Calls', 'Calls', 'CallsHealed', 'CallsRefused', 'CallersRejected', 'UpstreamFailures'),
      this.graph('Nine calls in ten take up to, ms; fullest quota, %', [
        this.ours('UpstreamLatency', 'p90'),
        this.ours('OwnLatency', 'p90'),
        this.ours('QuotaUsedPercent', 'Maximum'),
      ]),
      this.logTable('Calls by caller and account', this.parts.functions['call-wechat-api'].logs.logGroupName, [
        'filter event = "call"',
        'stats count(*) as calls, count(fault) as refused, latest(cause) as lastCause by caller, account',
        'sort calls desc',
        'limit 20',
      ]),
    ];
  }

  private awsFailures(): readonly IMetric[] {
    const measure = { statistic: 'Sum', periodSeconds: MINUTE } as const;
    const api = { source: 'aws', namespace: 'AWS/ApiGateway', name: '5xx' } as const;
    const lambda = { source: 'aws', namespace: 'AWS/Lambda', name: 'Errors' } as const;
    const watched = [
      api,
      { ...lambda, function: 'call-wechat-api' },
      { ...lambda, function: 'refresh-access-token' },
    ] as const;
    return watched.flatMap((metric) => watchedMetric(this.parts, { ...measure, metric }) ?? []);
  }

  private ours(name: MetricName, statistic: string): IMetric {
    return gatewayMetric(this.parts.stage, name, statistic, MINUTE);
  }

  private counts(title: string, ...names: readonly MetricName[]): GraphWidget {
    return this.graph(
      title,
      names.map((name) => this.ours(name, 'Sum')),
    );
  }

  private graph(title: string, left: IMetric[]): GraphWidget {
    return new GraphWidget({ title, left, width: WIDTH, height: HEIGHT });
  }

  private logTable(title: string, logGroupName: string, queryLines: string[]): LogQueryWidget {
    return new LogQueryWidget({ title, logGroupNames: [logGroupName], queryLines, width: WIDTH, height: HEIGHT });
  }
}

function heading(text: string): TextWidget {
  return new TextWidget({ markdown: `## ${text}`, width: 24, height: 1 });
}

import { type App, ArnFormat, CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EVENT } from '#shared/server-ips/event-names.ts';
import { prefixListsText, wafIpSetsText } from '#shared/server-ips/firewall-settings.ts';
import { callWechatApiSettings } from '../functions/call-wechat-api/settings.ts';
import { callWithAppSecretSettings } from '../functions/call-with-app-secret/settings.ts';
import { refreshAccessTokenSettings } from '../functions/refresh-access-token/settings.ts';
import { syncServerIpsSettings } from '../functions/sync-server-ips/settings.ts';
import { EveryMinute } from './constructs/every-minute.ts';
import { EveryMorning } from './constructs/every-morning.ts';
import { grantFirewalls } from './constructs/firewall-access.ts';
import { environmentOf } from './constructs/function-environment.ts';
import { GatewayFunction } from './constructs/gateway-function.ts';
import { GatewayTable } from './constructs/gateway-table.ts';
import { HttpDoor } from './constructs/http-door.ts';
import { NatEgress } from './constructs/nat-egress.ts';
import type { StageEnvironment } from './environment-file.ts';

/** Every AWS account has it in every region. */
const EVENT_BUS_NAME = 'default';

/** What one stage's stack is made from. */
export interface GatewayStackProps {
  /** 1 to 20 characters of `a-z`, `0-9` and `-`. */
  readonly stage: string;
  readonly environment: StageEnvironment;
  /** Per function the folder that `buildFunction` made. */
  readonly bundleDirectories: {
    readonly refreshAccessToken: string;
    readonly callWithAppSecret: string;
    readonly callWechatApi: string;
    readonly syncServerIps: string;
  };
}

/**
 * Everything of one stage: state, the way out, the functions, the schedule, the door. Stages share nothing, so several fit in one AWS account.
 * It names a region but no AWS account: synth needs no credentials and looks nothing up.
 */
export class GatewayStack extends Stack {
  private readonly props: GatewayStackProps;
  private readonly table: GatewayTable;
  private readonly egress: NatEgress | undefined;

  constructor(app: App, id: string, props: GatewayStackProps) {
    super(app, id, { env: { region: props.environment.region }, description: `WeChat gateway, stage ${props.stage}` });
    this.props = props;
    this.table = new GatewayTable(this, 'State');
    this.egress = props.environment.egress === 'nat' ? new NatEgress(this, 'Egress') : undefined;
    const refreshAccessToken = this.refreshAccessToken();
    const callWithAppSecret = this.callWithAppSecret();
    const callWechatApi = this.callWechatApi(refreshAccessToken, callWithAppSecret);
    new EveryMinute(this, 'RefreshEveryMinute', refreshAccessToken);
    const syncServerIps = this.syncServerIps(refreshAccessToken);
    new EveryMorning(this, 'SyncServerIpsEveryMorning', syncServerIps);
    const door = new HttpDoor(this, 'Door', {
      target: callWechatApi,
      throttling: props.environment.throttling,
      logRetention: props.environment.logRetentionDays,
    });
    this.output(
      'ApiUrl',
      `${door.origin}${props.environment.pathPrefix}`,
      'The base URL for SDKs, without a slash at its end',
    );
    this.output('TableName', this.table.tableName, 'The one table of state');
    this.output('RefreshAccessTokenName', refreshAccessToken.lambda.functionName, 'Refreshes access tokens');
    this.output('SyncServerIpsName', syncServerIps.lambda.functionName, "Keeps WeChat's IP lists");
    this.output('CallWechatApiName', callWechatApi.lambda.functionName, 'Answers the API');
    if (this.egress !== undefined) {
      this.output('EgressAddresses', this.egress.addresses.join(','), "Enter these in WeChat's IP allow-list");
    }
  }

  private refreshAccessToken(): GatewayFunction {
    const secretPrefix = this.secretPrefix();
    const built = new GatewayFunction(this, 'RefreshAccessToken', {
      ...this.commonProps(),
      description: 'Refreshes access tokens before they expire and when one was refused',
      bundleDirectory: this.props.bundleDirectories.refreshAccessToken,
      environment: environmentOf(refreshAccessTokenSettings, {
        tableName: this.table.tableName,
        secretPrefix,
        upstreamOrigins: this.upstreamOrigins(),
      }),
      // Ends before the next minute's invocation begins.
      timeout: Duration.seconds(58),
      // It mostly waits for WeChat; a third of a processor is enough to start it quickly.
      memorySizeMiB: 512,
    });
    this.table.grantReadItems(built.role, 'account', 'token');
    this.table.grantUpdateItems(built.role, 'token');
    this.table.grantQueryDueAccounts(built.role);
    this.grantReadAppSecrets(built.role, secretPrefix);
    return built;
  }

  private callWithAppSecret(): GatewayFunction {
    const secretPrefix = this.secretPrefix();
    const built = new GatewayFunction(this, 'CallWithAppSecret', {
      ...this.commonProps(),
      description: 'Makes the calls that carry an app secret, for the function that answers callers',
      bundleDirectory: this.props.bundleDirectories.callWithAppSecret,
      environment: environmentOf(callWithAppSecretSettings, { secretPrefix, upstreamOrigins: this.upstreamOrigins() }),
      // As long as the function that waits for it has.
      timeout: Duration.seconds(29),
      memorySizeMiB: 512,
    });
    this.grantReadAppSecrets(built.role, secretPrefix);
    return built;
  }

  private callWechatApi(refreshAccessToken: GatewayFunction, callWithAppSecret: GatewayFunction): GatewayFunction {
    const built = new GatewayFunction(this, 'CallWechatApi', {
      ...this.commonProps(),
      description: "Answers callers with WeChat's own answers",
      bundleDirectory: this.props.bundleDirectories.callWechatApi,
      environment: environmentOf(callWechatApiSettings, {
        tableName: this.table.tableName,
        refreshFunctionName: refreshAccessToken.lambda.functionName,
        appSecretFunctionName: callWithAppSecret.lambda.functionName,
        upstreamOrigins: this.upstreamOrigins(),
        pathPrefix: this.props.environment.pathPrefix,
      }),
      // API Gateway gives up at 30 s.
      timeout: Duration.seconds(29),
      // Processor share grows with memory: bodies of 4 MB are decoded and answers encoded while the caller waits.
      memorySizeMiB: 1024,
    });
    this.table.grantReadItems(built.role, 'token', 'caller', 'ticket', 'serverIps');
    this.table.grantPutItems(built.role, 'heal');
    this.table.grantUpdateItems(built.role, 'usage', 'ticket');
    refreshAccessToken.grantInvokeBy(built.role);
    callWithAppSecret.grantInvokeBy(built.role);
    return built;
  }

  private syncServerIps(refreshAccessToken: GatewayFunction): GatewayFunction {
    const built = new GatewayFunction(this, 'SyncServerIps', {
      ...this.commonProps(),
      description: "Keeps WeChat's IP lists, tells of changes and gives them to the firewalls",
      bundleDirectory: this.props.bundleDirectories.syncServerIps,
      environment: environmentOf(syncServerIpsSettings, {
        tableName: this.table.tableName,
        stage: this.props.stage,
        refreshFunctionName: refreshAccessToken.lambda.functionName,
        upstreamOrigins: this.upstreamOrigins(),
        eventBusName: EVENT_BUS_NAME,
        topicArn: this.props.environment.alarmTopicArn ?? '',
        prefixLists: prefixListsText(this.props.environment.firewalls?.prefixLists ?? []),
        wafIpSets: wafIpSetsText(this.props.environment.firewalls?.wafIpSets ?? []),
      }),
      // Firewalls take their time: a prefix list of 2,000 ranges is 20 modifications, each waited for, for up to two minutes a list.
      timeout: Duration.minutes(15),
      memorySizeMiB: 512,
    });
    this.table.grantReadItems(built.role, 'token', 'serverIps');
    this.table.grantPutItems(built.role, 'heal', 'serverIps');
    this.table.grantQueryDueAccounts(built.role);
    refreshAccessToken.grantInvokeBy(built.role);
    this.grantPutChangeEvents(built.role);
    this.grantPublishMessages(built.role);
    grantFirewalls(built.role, this.props.environment.firewalls);
    return built;
  }

  /** Lets a role put the events of changed IP lists on the default bus, and no others. */
  private grantPutChangeEvents(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [this.formatArn({ service: 'events', resource: 'event-bus', resourceName: EVENT_BUS_NAME })],
        conditions: { StringEquals: { 'events:source': EVENT.source } },
      }),
    );
  }

  /** Lets a role send messages to the stage's topic, when it names one. */
  private grantPublishMessages(role: IRole): void {
    const { alarmTopicArn } = this.props.environment;
    if (alarmTopicArn === undefined) return;
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [alarmTopicArn] }));
  }

  /** Lets a role read the app secrets of this stage's accounts, which the operator adds at run time: only their common prefix is known here. */
  private grantReadAppSecrets(role: IRole, secretPrefix: string): void {
    const secrets = this.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${secretPrefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [secrets],
      }),
    );
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${secrets.replace(this.account, '<AWS::AccountId>')}]`,
      reason:
        "Accounts are added at run time; their secrets' names share this stage's prefix and end in characters that AWS chooses.",
    });
  }

  private commonProps() {
    return { egress: this.egress, logRetention: this.props.environment.logRetentionDays };
  }

  private secretPrefix(): string {
    return `wechat-gateway/${this.props.stage}/`;
  }

  private upstreamOrigins(): string {
    return this.props.environment.upstreamHosts.map((host) => `https://${host}`).join(',');
  }

  private output(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}

import { type App, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Alarms } from './constructs/alarms.ts';
import { CallWechatApi } from './constructs/call-wechat-api.ts';
import { CallWithAppSecret } from './constructs/call-with-app-secret.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { egressOf } from './constructs/egress.ts';
import { EveryMinute } from './constructs/every-minute.ts';
import { EveryMorning } from './constructs/every-morning.ts';
import { GatewayTable } from './constructs/gateway-table.ts';
import { HttpDoor } from './constructs/http-door.ts';
import { NoticeTopic } from './constructs/notice-topic.ts';
import { OperatorPolicy } from './constructs/operator-policy.ts';
import { RefreshAccessToken } from './constructs/refresh-access-token.ts';
import { removalPolicyOf } from './constructs/removal-policy.ts';
import { SendAlarmNotice } from './constructs/send-alarm-notice.ts';
import { addOutputs } from './constructs/stage-outputs.ts';
import { SyncQuotas } from './constructs/sync-quotas.ts';
import { SyncServerIps } from './constructs/sync-server-ips.ts';
import type { WatchedParts } from './constructs/watched-parts.ts';
import type { StageEnvironment } from './environment-file.ts';

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
    readonly syncQuotas: string;
    readonly sendAlarmNotice: string;
  };
}

/**
 * Everything of one stage, in the order in which it is read best. Stages share nothing, so several fit in one AWS account.
 * It names a region but no AWS account: synth needs no credentials and looks nothing up.
 */
export class GatewayStack extends Stack {
  constructor(app: App, id: string, { stage, environment, bundleDirectories: bundles }: GatewayStackProps) {
    super(app, id, {
      env: { region: environment.region },
      description: `WeChat gateway, stage ${stage}`,
      tags: environment.tags,
    });
    this.boundRoles(environment.permissionsBoundaryArn);

    // State
    const table = new GatewayTable(this, 'State', removalPolicyOf(environment));

    // Network
    const egress = egressOf(this, 'Egress', environment.egress, removalPolicyOf(environment));

    // People
    const notices = this.notices(environment);

    // Functions
    const surroundings = { stage, environment, table, egress, notices };
    const refreshAccessToken = new RefreshAccessToken(
      this,
      'RefreshAccessToken',
      surroundings,
      bundles.refreshAccessToken,
    );
    const callWithAppSecret = new CallWithAppSecret(this, 'CallWithAppSecret', surroundings, bundles.callWithAppSecret);
    const syncQuotas = new SyncQuotas(
      this,
      'SyncQuotas',
      { ...surroundings, refreshAccessToken, callWithAppSecret },
      bundles.syncQuotas,
    );
    const invoked = { refreshAccessToken, callWithAppSecret, syncQuotas };
    const callWechatApi = new CallWechatApi(
      this,
      'CallWechatApi',
      { ...surroundings, ...invoked },
      bundles.callWechatApi,
    );
    const syncServerIps = new SyncServerIps(
      this,
      'SyncServerIps',
      { ...surroundings, refreshAccessToken },
      bundles.syncServerIps,
    );
    const functions = { refreshAccessToken, callWithAppSecret, callWechatApi, syncServerIps, syncQuotas };

    // Schedules
    const refreshSchedule = new EveryMinute(this, 'RefreshEveryMinute', refreshAccessToken, 'refresh-every-minute');
    const syncSchedule = new EveryMorning(this, 'SyncServerIpsEveryMorning', syncServerIps, 'sync-every-morning');
    const quotasSchedule = new EveryMorning(this, 'SyncQuotasEveryMorning', syncQuotas, 'quotas-every-morning');

    // API
    const door = new HttpDoor(this, 'Door', callWechatApi, environment);

    // Alarms and dashboard
    const sendAlarmNotice =
      notices &&
      new SendAlarmNotice(
        this,
        'SendAlarmNotice',
        {
          ...surroundings,
          notices,
          logGroups: {
            'refresh-access-token': refreshAccessToken.logs,
            'call-with-app-secret': callWithAppSecret.logs,
            'call-wechat-api': callWechatApi.logs,
            'sync-server-ips': syncServerIps.logs,
            'sync-quotas': syncQuotas.logs,
            'api-access-log': door.accessLogs,
          },
        },
        bundles.sendAlarmNotice,
      );
    const watched: WatchedParts = {
      stage,
      functions: {
        'refresh-access-token': refreshAccessToken,
        'call-with-app-secret': callWithAppSecret,
        'call-wechat-api': callWechatApi,
        'sync-server-ips': syncServerIps,
        'sync-quotas': syncQuotas,
        'send-alarm-notice': sendAlarmNotice,
      },
      schedules: {
        'refresh-access-token': refreshSchedule,
        'sync-server-ips': syncSchedule,
        'sync-quotas': quotasSchedule,
      },
      door,
      natGatewayIds: egress?.natGatewayIds ?? [],
    };
    const { runbookUrl } = environment;
    const { alarms } = new Alarms(this, 'Alarms', { parts: watched, topic: notices?.topic, runbookUrl });
    new Dashboard(this, 'Dashboard', watched, alarms);

    // Operators and outputs
    const operatorPolicy = new OperatorPolicy(this, 'OperatorPolicy', {
      stage,
      table,
      invoked: [refreshAccessToken, syncServerIps, syncQuotas],
      schedules: [refreshSchedule, syncSchedule, quotasSchedule],
      logs: [
        ...Object.values(functions).map(({ logs }) => logs),
        ...(sendAlarmNotice === undefined ? [] : [sendAlarmNotice.logs]),
      ],
    });
    addOutputs(this, {
      environment,
      table,
      egress,
      notices,
      ...functions,
      sendAlarmNotice,
      refreshSchedule,
      syncSchedule,
      quotasSchedule,
      door,
      operatorPolicy,
    });
  }

  private boundRoles(permissionsBoundaryArn: string | undefined): void {
    if (permissionsBoundaryArn === undefined) return;
    const boundary = ManagedPolicy.fromManagedPolicyArn(this, 'PermissionsBoundary', permissionsBoundaryArn);
    PermissionsBoundary.of(this).apply(boundary);
  }

  private notices({ alarmEmail, alarmTopicArn }: StageEnvironment): NoticeTopic | undefined {
    if (alarmEmail !== undefined) return new NoticeTopic(this, 'Notices', { email: alarmEmail });
    if (alarmTopicArn !== undefined) return new NoticeTopic(this, 'Notices', { topicArn: alarmTopicArn });
    return undefined;
  }
}

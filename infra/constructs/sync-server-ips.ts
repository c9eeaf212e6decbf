import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { EVENT } from '#shared/server-ips/event-names.ts';
import { prefixListsText, wafIpSetsText } from '#shared/server-ips/firewall-settings.ts';
import { syncServerIpsSettings } from '../../functions/sync-server-ips/settings.ts';
import { MEMORY_SIZES_MIB } from '../memory-sizes.ts';
import { grantFirewalls } from './firewall-access.ts';
import { environmentOf } from './function-environment.ts';
import { type FunctionSurroundings, GatewayFunction } from './gateway-function.ts';
import { upstreamOriginsOf } from './upstream-origins.ts';

/** Every AWS account has it in every region. */
const EVENT_BUS_NAME = 'default';

/** `sync-server-ips`, with what it may do. */
export class SyncServerIps extends GatewayFunction {
  constructor(
    scope: Construct,
    id: string,
    surroundings: FunctionSurroundings & { readonly refreshAccessToken: GatewayFunction },
    bundleDirectory: string,
  ) {
    const { stage, environment, table, notices, refreshAccessToken } = surroundings;
    super(scope, id, surroundings, {
      description: "Keeps WeChat's IP lists, tells of changes and gives them to the firewalls",
      bundleDirectory,
      variables: environmentOf(syncServerIpsSettings, {
        tableName: table.tableName,
        stage,
        refreshFunctionName: refreshAccessToken.lambda.functionName,
        upstreamOrigins: upstreamOriginsOf(environment),
        eventBusName: EVENT_BUS_NAME,
        topicArn: notices?.topic.topicArn ?? '',
        prefixLists: prefixListsText(environment.firewalls?.prefixLists ?? []),
        wafIpSets: wafIpSetsText(environment.firewalls?.wafIpSets ?? []),
      }),
      // Firewalls take their time: a prefix list of 2,000 ranges is 20 modifications, each waited for, for up to two minutes a list.
      timeout: Duration.minutes(15),
      memorySizeMiB: MEMORY_SIZES_MIB['sync-server-ips'],
    });
    table.grantReadItems(this.role, 'token', 'serverIps');
    table.grantPutItems(this.role, 'heal', 'serverIps');
    table.grantQueryDueAccounts(this.role);
    refreshAccessToken.grantInvokeBy(this.role);
    this.grantPutChangeEvents();
    notices?.grantPublish(this.role);
    grantFirewalls(this.role, environment.firewalls);
  }

  /** Lets the function put the events of changed IP lists on the default bus, and no others. */
  private grantPutChangeEvents(): void {
    const bus = { service: 'events', resource: 'event-bus', resourceName: EVENT_BUS_NAME };
    this.role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [Stack.of(this).formatArn(bus)],
        // A request may hold events of several sources, so the key has several values: every one must be ours, and there must be one.
        conditions: {
          'ForAllValues:StringEquals': { 'events:source': EVENT.source },
          Null: { 'events:source': 'false' },
        },
      }),
    );
  }
}

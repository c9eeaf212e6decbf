import { randomBytes } from 'node:crypto';
import type { TokenStore } from '#shared/access-token/token-store.ts';
import { systemClock } from '#shared/clock.node.ts';
import { createTableInput } from '#shared/table/table-definition.dynamodb.ts';
import type { Simulator } from '../../test/wechat-simulator/simulator.ts';
import { localLogFile } from '../operator/local-run.ts';
import { isolateFromAws, useLambdaEndpoint, useSchedulerEndpoint } from './aws-isolation.ts';
import { backgroundClock } from './background-clock.ts';
import type { Closing } from './closing.ts';
import { accountOfDataDir } from './data-dir-account.ts';
import { enterDemoData } from './demo-data.ts';
import { startEmbeddedDynamodb } from './embedded-dynamodb.ts';
import { refreshFirst } from './first-refresh.ts';
import { startHttpAdapter } from './http-adapter.ts';
import { startLambdaEndpoint } from './lambda-endpoint.ts';
import { invokeFunction, type LocalFunction } from './local-function.ts';
import {
  loadCallWechatApi,
  loadCallWithAppSecret,
  loadRefreshAccessToken,
  loadSyncQuotas,
  loadSyncServerIps,
  QUOTAS_FUNCTION_NAME,
  SYNC_FUNCTION_NAME,
  setFunctionVariables,
} from './local-functions.ts';
import { type LocalUpstream, startLocalUpstream } from './local-upstream.ts';
import { publishForOperator } from './publish-for-operator.ts';
import { startSchedule } from './schedule.ts';
import { type SchedulesStandIn, startSchedulesStandIn } from './schedules-stand-in.ts';
import { startSecretsStandIn } from './secrets-stand-in.ts';
import { asStartFailure } from './start-failure.ts';
import type { StartFlags } from './start-flags.ts';

/** The whole gateway, running in this process. */
export interface LocalGateway {
  readonly url: string;
  readonly appId: string;
  readonly callerKey: string;
  /** Comma-separated origins. */
  readonly upstream: string;
  /** Absent with `--upstream`. */
  readonly simulator: Simulator | undefined;
  readonly tokens: TokenStore;
  /** Where the operator CLI looks for what the functions write. */
  readonly logFile: string;
}

/** Who is told what. */
export interface LocalGatewayReporters {
  /** Takes lines that say what is waited for. */
  readonly tell: (line: string) => void;
  /** Takes what a function's own log does not show: it failed as a whole, or ran out of time. */
  readonly onFunctionError: (functionName: string, error: unknown) => void;
}

const TABLE_NAME = 'wechat-gateway-local';
const SECRET_PREFIX = 'wechat-gateway/local/';
const REFRESH_SCHEDULE_NAME = 'refresh-every-minute';
/** Calls in flight get their answer: no function answers later than this. */
const CALLS_GRACE_MS = 29_000;
/** A tick may be in the middle of an issue call and its commit; between two looks it has nothing to lose. */
const TICK_GRACE_MS = 5_000;

/**
 * Starts every part, enters account and caller, and gets the first token. What has been started is in `closing` even when this fails.
 * Changes `process.env`, which the functions read; so it runs once in a process.
 * @throws {StartFailure} for everything that the user can do something about
 */
export async function startLocalGateway(
  flags: StartFlags,
  closing: Closing,
  reporters: LocalGatewayReporters,
): Promise<LocalGateway> {
  const { appId, upstream } = await startStandIns(flags, closing);
  const { origins, appSecret, simulator } = upstream;
  setFunctionVariables(process.env, {
    tableName: TABLE_NAME,
    secretPrefix: SECRET_PREFIX,
    upstreamOrigins: origins.join(','),
  });
  const refreshAccessToken = await startInvokedFunctions(closing, reporters);
  const url = await startHttpDoor(flags.port, closing, reporters);
  const { callerKey, tokens } = await enterDemoData({
    tableName: TABLE_NAME,
    secretPrefix: SECRET_PREFIX,
    appId,
    appSecret,
    callerKey: flags.callerKey,
  }).catch(asStartFailure);
  const shownUpstream = origins.join(',');
  await refreshFirst({ refreshAccessToken, tokens, appId, upstream: shownUpstream, tell: reporters.tell });
  const schedules = await startSchedulesStandIn({ [REFRESH_SCHEDULE_NAME]: 'rate(1 minute)' });
  closing.add(() => schedules.close());
  useSchedulerEndpoint(process.env, schedules.endpoint);
  startTicks(refreshAccessToken, schedules, closing, reporters);
  const names = {
    tableName: TABLE_NAME,
    secretPrefix: SECRET_PREFIX,
    refreshFunctionName: refreshAccessToken.name,
    syncFunctionName: SYNC_FUNCTION_NAME,
    quotasFunctionName: QUOTAS_FUNCTION_NAME,
    refreshScheduleName: REFRESH_SCHEDULE_NAME,
    logFile: localLogFile(url),
  };
  publishForOperator({ url, ...names }, process.env, closing);
  return { url, appId, callerKey, upstream: shownUpstream, simulator, tokens, logFile: names.logFile };
}

/** Everything that is not ours: the table, the secrets, WeChat. */
async function startStandIns(
  flags: StartFlags,
  closing: Closing,
): Promise<{ readonly appId: string; readonly upstream: LocalUpstream }> {
  const { dataDir } = flags;
  const data = dataDir === undefined ? {} : { dataDir };
  const dynamodb = await startEmbeddedDynamodb({ table: createTableInput(TABLE_NAME), ...data }).catch(asStartFailure);
  closing.add(() => dynamodb.close());
  const wanted = { appId: flags.appId, simulated: flags.upstreamOrigins === undefined };
  const appId = dataDir === undefined ? (flags.appId ?? newAppId()) : accountOfDataDir(dataDir, wanted, newAppId);
  const upstream = await startLocalUpstream(flags, appId, closing);
  const secrets = await startSecretsStandIn({ clock: backgroundClock, ...data }).catch(asStartFailure);
  closing.add(() => secrets.close());
  isolateFromAws(process.env, { dynamodb: dynamodb.endpoint, secretsManager: secrets.endpoint });
  return { appId, upstream };
}

function newAppId(): string {
  return `wx${randomBytes(8).toString('hex')}`;
}

/** The functions that others invoke; returns the one that the schedule does. */
async function startInvokedFunctions(
  closing: Closing,
  { onFunctionError }: LocalGatewayReporters,
): Promise<LocalFunction> {
  const refreshAccessToken = await loadRefreshAccessToken();
  const others = [await loadCallWithAppSecret(), await loadSyncServerIps(), await loadSyncQuotas()];
  const functions = [refreshAccessToken, ...others];
  const lambda = await startLambdaEndpoint({ functions, onFunctionError });
  closing.add(() => lambda.close());
  useLambdaEndpoint(process.env, lambda.endpoint);
  return refreshAccessToken;
}

async function startHttpDoor(
  port: number,
  closing: Closing,
  { onFunctionError }: LocalGatewayReporters,
): Promise<string> {
  const callWechatApi = await loadCallWechatApi();
  const door = await startHttpAdapter({
    function: callWechatApi,
    port,
    onFunctionError: (error) => onFunctionError(callWechatApi.name, error),
  }).catch(asStartFailure);
  closing.add(() => door.close(CALLS_GRACE_MS));
  return door.endpoint;
}

function startTicks(
  refreshAccessToken: LocalFunction,
  schedules: Pick<SchedulesStandIn, 'isEnabled'>,
  closing: Closing,
  { onFunctionError }: LocalGatewayReporters,
): void {
  const onError = (error: unknown) => onFunctionError(refreshAccessToken.name, error);
  const run = async () => {
    if (!schedules.isEnabled(REFRESH_SCHEDULE_NAME)) return;
    const outcome = await invokeFunction(refreshAccessToken, {});
    if (outcome.kind !== 'answered') throw outcome.error;
  };
  const schedule = startSchedule({ run, clock: backgroundClock, onError });
  closing.add(() => Promise.race([schedule.stop(), systemClock.sleep(TICK_GRACE_MS)]));
}

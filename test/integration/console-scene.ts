import { refresh } from '#shared/access-token/refresh.ts';
import { createDynamoKeyUseStore } from '#shared/caller/key-use.dynamodb.ts';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import { NOTHING_YET } from '#shared/server-ips/list-state.ts';
import { withNextVersion } from '#shared/server-ips/next-version.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import type { EndpointUsage, HourUsage } from '#shared/usage/day-usage.ts';
import { createDynamoUsageStore } from '#shared/usage/usage-store.dynamodb.ts';
import { quotaDay } from '#shared/wechat/quota-day.ts';
import { createDynamoAccountItems } from '../../infra/operator/account-items.dynamodb.ts';
import type { AlarmState } from '../../infra/operator/alarm-reader.ts';
import { createDynamoCallerItems } from '../../infra/operator/caller-items.dynamodb.ts';
import { startConsole } from '../../infra/operator/console/console-server.ts';
import type { ConsoleSource } from '../../infra/operator/console/console-state.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { addCaller, simulatedAccount } from './callers.ts';

/** What an attacker would have stored as a name, if names were ever taken for HTML. */
export const HOSTILE_NAME = '<img src=x onerror="document.title=1"><b>Shop</b>';
/** Likewise a path that a caller chose; an operator entered a quota for it. */
export const HOSTILE_PATH = '/cgi-bin/<b>scan</b>';
const SEND = '/cgi-bin/message/custom/send';
const USER = '/cgi-bin/user/info';
const QR_CODE = '/cgi-bin/qrcode/create';
const HOUR_MS = 3_600_000;

/** A console and what it shows. */
export type ConsoleScene = Awaited<ReturnType<typeof startConsoleScene>>;

type ReadyScene = Pick<ConsoleScene, 'rig' | 'clock' | 'accounts'>;

/** What a scene is made of. */
export interface ConsoleSceneSettings {
  readonly accounts: number;
  /** What CloudWatch says; `undefined`: the local run, which has no alarms. */
  readonly alarms?: readonly AlarmState[];
}

/** A gateway with its console on a free port. Nothing but accounts is there at first. Close it after the test: closing fails when a secret was let out. */
export async function startConsoleScene({ accounts: howMany, alarms }: ConsoleSceneSettings) {
  const clock = createMovableClock();
  const accounts = Array.from({ length: howMany }, simulatedAccount);
  const rig = await startRig({ accounts, clock });
  if (howMany === 0) await createDynamoCallerItems(rig.dynamodbClient(), rig.tableName).remove(rig.callerId);
  await markCallers(rig);
  const source = sourceOf(rig, alarms);
  const server = await startConsole(source, 0);
  return {
    rig,
    clock,
    gateway: source.gateway,
    url: server.endpoint,
    accounts: accounts.map(({ appId }) => appId),
    /** Ends the console; the gateway stays. */
    stop: () => server.close(),
    /** What the page polls, as the console answers it. */
    async state() {
      const text = await (await fetch(`${server.endpoint}/state.json`)).text();
      rig.canary.saw('the console', text);
      return text;
    },
    async close() {
      await server.close();
      await rig.close();
    },
  };
}

/** Watches for what is stored of callers in place of their keys. */
async function markCallers(rig: Rig): Promise<void> {
  for (const id of await createDynamoCallerItems(rig.dynamodbClient(), rig.tableName).list()) {
    const caller = await rig.callers.get(id);
    for (const { verifier } of caller?.keys ?? []) rig.canary.mark('caller key', verifier);
    if (caller !== undefined) rig.canary.mark('caller key', caller.sealingKey);
  }
}

function sourceOf(rig: Rig, alarms: readonly AlarmState[] | undefined): ConsoleSource {
  const client = rig.dynamodbClient();
  return {
    gateway: {
      accounts: rig.accounts,
      accountItems: createDynamoAccountItems(client, rig.tableName),
      tokens: rig.tokens,
      callers: rig.callers,
      callerItems: createDynamoCallerItems(client, rig.tableName),
      keyUse: createDynamoKeyUseStore(client, rig.tableName),
      usage: createDynamoUsageStore(client, rig.tableName),
      learntQuotas: createDynamoLearntQuotaStore(client, rig.tableName),
      serverIps: createDynamoServerIpsStore(client, rig.tableName),
    },
    about: { name: 'stage test', commandLine: 'npm run operator -- --stage test' },
    alarms: alarms && { stage: 'test', reader: { read: async () => alarms } },
    clock: rig.clock,
  };
}

/** Gets a token for every account that can have one, and lets three quarters of an hour pass. */
export async function issueTokens({ rig, clock, accounts }: ReadyScene): Promise<void> {
  const { dependencies } = rig.refreshEnvironment();
  await Promise.all(accounts.map((appId) => refresh(dependencies, appId, { kind: 'operator' })));
  clock.set(clock.now() + 0.75 * HOUR_MS);
}

/** Freezes an account's app secret at WeChat and tries to refresh its token. */
export async function failRefresh({ rig }: ReadyScene, appId: string): Promise<void> {
  rig.simulator.account(appId).freezeSecret();
  await refresh(rig.refreshEnvironment().dependencies, appId, { kind: 'operator' });
}

/** A day and a half of calls to the first account, with errors, a quota that ends today, other systems' calls, and what is made to look like HTML. */
export async function enterUsage({ rig, clock, accounts }: ReadyScene): Promise<void> {
  const [appId = ''] = accounts;
  const client = rig.dynamodbClient();
  const usage = createDynamoUsageStore(client, rig.tableName);
  const now = clock.now();
  await rename(rig, appId, HOSTILE_NAME);
  const items = createDynamoAccountItems(client, rig.tableName);
  await items.setQuotaRule(appId, { endpoint: QR_CODE, reservePercent: 20 });
  await items.setQuotaRule(appId, { endpoint: HOSTILE_PATH, calls: 1_000 });
  await addCaller(rig, { grants: [{ appId, allow: ['/*'] }] });
  await markCallers(rig);
  await createDynamoKeyUseStore(client, rig.tableName).markUsed(rig.callerId, `${rig.callerId}0000`, now - 3 * HOUR_MS);
  for (const [offset, hours] of [
    [-1, 24],
    [0, 14],
  ] as const) {
    const day = { hours: hoursOf(hours), rows: rowsOf(rig.callerId) };
    await usage.put({ appId, day: quotaDay(now, offset), countedBy: 'environment', sequence: 1, usage: day });
  }
  const learnt = { dailyLimit: 500_000, used: 120_000, counted: 40_000, at: now - HOUR_MS };
  await createDynamoLearntQuotaStore(client, rig.tableName).learn(appId, USER, learnt);
  const ips = createDynamoServerIpsStore(client, rig.tableName);
  const seen = { reason: 'observed', account: appId, at: now - 30 * HOUR_MS } as const;
  const first = withNextVersion(NOTHING_YET, {
    ...seen,
    ranges: { v4: ['101.226.103.0/25', '140.207.54.0/24'], v6: [] },
  });
  await ips.replace('callback', first, 0);
  const second = withNextVersion(first, {
    ...seen,
    at: now - HOUR_MS,
    ranges: { v4: ['101.226.103.0/25'], v6: ['2402:4e00::/32'] },
  });
  await ips.replace('callback', second, 1);
}

/** Gives an account another name. */
export async function rename(rig: Rig, appId: string, displayName: string): Promise<void> {
  const account = await rig.accounts.get(appId);
  if (account !== undefined) await rig.accounts.put({ ...account, displayName });
}

function hoursOf(count: number): Readonly<Record<string, HourUsage>> {
  return Object.fromEntries(Array.from({ length: count }, (_, hour) => [String(hour), hourOf(hour)]));
}

/** Quiet at night, busy in the afternoon. */
function hourOf(hour: number): HourUsage {
  const calls = Math.round(900 + 2_600 * Math.exp(-(((hour - 13) / 5) ** 2)));
  const errcodes = {
    45009: Math.round(calls / 40),
    40003: Math.round(calls / 90),
    'no-answer': hour % 5 === 0 ? 4 : 0,
  };
  const errors = Object.values(errcodes).reduce((sum, one) => sum + one, 0);
  const endpoints = {
    [SEND]: Math.round(calls * 0.6),
    [USER]: Math.round(calls * 0.3),
    [QR_CODE]: Math.round(calls * 0.1),
  };
  return { calls, errors, refused: Math.round(calls / 60), errcodes, endpoints };
}

function rowsOf(caller: string): readonly EndpointUsage[] {
  const row = (endpoint: string, calls: number): EndpointUsage => ({
    caller,
    endpoint,
    calls,
    errors: 120,
    refused: 40,
    requestBytes: 0,
    answerBytes: 0,
    errcodes: {},
    refusals: {},
  });
  return [row(SEND, 480_000), row(USER, 40_500), row(QR_CODE, 64_000), row(HOSTILE_PATH, 12)];
}

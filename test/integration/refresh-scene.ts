import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { TestContext } from 'vitest';
import type { TokenMode } from '#shared/access-token/access-token.ts';
import { refresh } from '#shared/access-token/refresh.ts';
import type { RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';
import type { TokenState } from '#shared/access-token/token-state.ts';
import type { RefreshReason } from '#shared/access-token/token-store.ts';
import { tokenKey } from '#shared/table/keys.ts';
import { startRig } from '../gateway-rig.ts';
import type { LoggedRequest } from '../wechat-simulator/request-log.ts';
import { simulatedAccount } from './callers.ts';
import { createStillClock } from './still-clock.ts';

/** Where a probe goes. */
export const PROBE_PATH = '/cgi-bin/get_api_domain_ip';
/** Where each mode's tokens come from. */
export const ISSUE_PATHS: Readonly<Record<TokenMode, string>> = {
  stable: '/cgi-bin/stable_token',
  classic: '/cgi-bin/token',
};
/** 2026-11-20, noon in UTC+8: far from the end of a quota day. */
export const NOON = Date.UTC(2026, 10, 20, 4);

/** One account, one warm environment of `refresh-access-token`, and time that stands still. */
export type RefreshScene = Awaited<ReturnType<typeof startRefreshScene>>;

/** Everything is on sockets: the simulator, the table's engine and the secrets. Put away when the test has finished. */
export async function startRefreshScene(
  mode: TokenMode,
  test: Pick<TestContext, 'onTestFinished'>,
  { testAccount = false }: { readonly testAccount?: boolean } = {},
) {
  const clock = createStillClock(NOON);
  const account = { ...simulatedAccount(), mode, testAccount };
  const { appId } = account;
  const rig = await startRig({ accounts: [account], clock });
  test.onTestFinished(() => rig.close());
  const { dependencies } = rig.refreshEnvironment();
  const client = rig.dynamodbClient();
  const { pk, sk } = tokenKey(appId);
  const target = { TableName: rig.tableName, Key: { pk: { S: pk }, sk: { S: sk } } };

  const scene = {
    rig,
    appId,
    appSecret: account.appSecret,
    clock,
    dependencies,
    faults: rig.simulator.faults,
    wechat: rig.simulator.account(appId),
    issuePath: ISSUE_PATHS[mode],
    refresh: (reason: RefreshReason): Promise<RefreshOutcome> => refresh(dependencies, appId, reason),
    /** Reports the stored token as refused. */
    refuse: async () => scene.refresh({ kind: 'refused', fingerprint: (await scene.token()).fingerprint }),
    async state(): Promise<TokenState> {
      const state = await rig.tokens.read(appId);
      if (state === undefined) throw new Error('the scene has lost its account');
      return state;
    },
    async token() {
      const { token } = await scene.state();
      if (token === undefined) throw new Error('the scene has no token yet');
      return token;
    },
    /** Sets a number in the item, past every condition. */
    async patch(attribute: string, value: number) {
      const update = {
        UpdateExpression: `SET ${attribute} = :value`,
        ExpressionAttributeValues: { ':value': { N: String(value) } },
      };
      await client.send(new UpdateItemCommand({ ...target, ...update }));
    },
    /** A number in the item; 0 when it has none. */
    async stored(attribute: string): Promise<number> {
      const { Item } = await client.send(new GetItemCommand({ ...target, ConsistentRead: true }));
      return Number(Item?.[attribute]?.N ?? 0);
    },
    advance: (durationMs: number) => clock.set(clock.now() + durationMs),
    /** Requests that asked for a token, and that probed one. */
    counts: () => ({
      issues: rig.simulator.log.count(ISSUE_PATHS[mode]),
      probes: rig.simulator.log.count(PROBE_PATH),
    }),
    requests: (path: string): readonly LoggedRequest[] =>
      rig.simulator.log.entries.filter((entry) => entry.path === path),
  };
  return scene;
}

/** A scene that has a token, with an empty request log. */
export async function startSceneWithToken(
  mode: TokenMode,
  test: Pick<TestContext, 'onTestFinished'>,
  settings?: { readonly testAccount?: boolean },
) {
  const scene = await startRefreshScene(mode, test, settings);
  await scene.refresh({ kind: 'missing' });
  scene.rig.simulator.log.clear();
  return scene;
}

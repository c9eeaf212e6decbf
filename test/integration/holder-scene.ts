import { randomUUID } from 'node:crypto';
import type { TestContext } from 'vitest';
import type { AccessToken, TokenMode } from '#shared/access-token/access-token.ts';
import type { TokenState } from '#shared/access-token/token-state.ts';
import type { Clock } from '#shared/clock.ts';
import { PROJECT_ENGINE } from '../dynamodb-engine.ts';
import { type Rig, startRig, TABLE_NAME } from '../gateway-rig.ts';
import { startDynamodbGate } from './dynamodb-gate.ts';
import { type Child, startChild } from './processes/child.ts';
import { functionEnvironment } from './processes/function-environment.ts';
import { createStillClock } from './still-clock.ts';

/** The scene's only account. */
export const APP_ID = 'wx0123456789abcdef';
/** Where a probe goes. */
export const PROBE_PATH = '/cgi-bin/get_api_domain_ip';

const ISSUE_PATHS: Readonly<Record<TokenMode, string>> = { stable: '/cgi-bin/stable_token', classic: '/cgi-bin/token' };
const TOKEN_LIFE_MS = 7_200_000;
/** Inside the last 4.5 minutes both kinds are due, and stable mode hands out the next token. */
const LIFE_LEFT_MS = 200_000;

/** A token state as it is once there is a token. */
export interface WithToken extends TokenState {
  readonly token: AccessToken;
}

/**
 * A gateway with one account that has no token yet, and refreshers in processes of their own that can be stopped at every step. Both this
 * process and the refreshers have a gate on their way to the table. Put away when the test has finished.
 * @param test the context of the test: tests that run side by side share everything else
 */
export async function startGatedRig(mode: TokenMode, clock: Clock, test: Pick<TestContext, 'onTestFinished'>) {
  const engine = await PROJECT_ENGINE.start(TABLE_NAME);
  const gate = await startDynamodbGate(engine.endpoint);
  const ownGate = await startDynamodbGate(engine.endpoint);
  const accounts = [{ appId: APP_ID, appSecret: 'a'.repeat(32), mode }];
  const rig = await startRig({ accounts, clock, dynamodb: ownGate });
  const holders: Child<unknown>[] = [];
  test.onTestFinished(async () => {
    await Promise.all(holders.map((holder) => holder.end()));
    await gate.close(0);
    await rig.close();
    await engine.close();
  });
  return {
    rig,
    /** Between the refreshers' processes and the table. */
    gate,
    /** Between this process and the table. */
    ownGate,
    account: rig.simulator.account(APP_ID),
    issuePath: ISSUE_PATHS[mode],
    /** Runs `refresh-access-token` once in a process of its own. */
    startHolder(event: unknown) {
      const environment = functionEnvironment(rig, gate.endpoint);
      const holder = startChild<unknown>('./refresh-access-token.ts', environment, JSON.stringify(event));
      holders.push(holder);
      return holder;
    },
  };
}

/** A gateway whose token is due. */
export type HolderScene = Awaited<ReturnType<typeof startHolderScene>>;

/**
 * A {@link startGatedRig} with a token that has 200 s to live. Everything in this process goes by a clock that stands at the moment of the
 * start; a holder goes by the system's, which is ahead of it: its lease is live here until the test sets the clock.
 */
export async function startHolderScene(mode: TokenMode, test: Pick<TestContext, 'onTestFinished'>) {
  const startedAt = Date.now();
  const clock = createStillClock(startedAt + LIFE_LEFT_MS - TOKEN_LIFE_MS);
  const gated = await startGatedRig(mode, clock, test);
  const { rig, account } = gated;
  await rig.refreshEnvironment().invoke({});
  clock.set(startedAt);
  const before = await stateIn(rig);
  rig.simulator.log.clear();
  const issuedBefore = account.issued(mode);
  return {
    ...gated,
    clock,
    /** The state with the first token. */
    before,
    state: () => stateIn(rig),
    /** How often WeChat has answered with a token since `before`. */
    issued: () => account.issued(mode) - issuedBefore,
    /** Whether another actor would get the lease at `now`. */
    async couldAcquire(now: number): Promise<boolean> {
      const { version } = await stateIn(rig);
      const request = { appId: APP_ID, leaseId: randomUUID(), holder: 'too early', version, now };
      const { won } = await rig.tokens.acquire({
        ...request,
        reason: { kind: 'due' },
        count: undefined,
        ignoreCooldown: false,
      });
      return won;
    },
  };
}

/** The account's state as it is stored. */
export async function stateIn(rig: Rig): Promise<WithToken> {
  const state = await rig.tokens.read(APP_ID);
  if (state?.token === undefined) throw new Error('the scene has no token');
  return { ...state, token: state.token };
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROJECT_ENGINE } from '../dynamodb-engine.ts';
import { type Rig, type RigCall, startRig } from '../gateway-rig.ts';
import { startDynamodbEngine } from './processes/start-dynamodb-engine.ts';
import { createStillClock } from './still-clock.ts';

const APP_ID = 'wx0123456789abcdef';
const CALLERS = 1_000;
const WAVES = 10;
/** Twenty callers of a wave share one, for CI's sake: a thousand environments each meet one dead token in the tests before. */
const ENVIRONMENTS_IN_WAVES = 50;
const PROBE_PATH = '/cgi-bin/get_api_domain_ip';
const CALL_PATH = '/cgi-bin/user/info';

/**
 * A thousand environments in one process on a small machine take seconds for what each would do in milliseconds. No lease, budget or marker
 * may end because they share two cores, so the clock stands still, and all timeouts in this process are this many times as long. So are the
 * pauses of those who wait for the table: otherwise a thousand readers would keep the engine from the one that writes.
 */
const STRETCH = 20;

/** The engine ends idle connections, and this process is too busy to notice: several tries may meet one that is dead. */
const TABLE_ATTEMPTS = 6;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

let rig: Rig;
beforeEach(() => {
  const { setTimeout: timer } = globalThis;
  const stretched = (callback: (...args: unknown[]) => void, durationMs = 0, ...args: unknown[]) =>
    timer(callback, Math.min(durationMs * STRETCH, LONGEST_TIMER_MS), ...args);
  vi.stubGlobal('setTimeout', stretched);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await rig.close();
});

async function startSmallRig(mode: 'stable' | 'classic'): Promise<void> {
  rig = await startRig({
    accounts: [{ appId: APP_ID, appSecret: 'a'.repeat(32), mode }],
    clock: createStillClock(Date.now(), STRETCH),
    dynamodb: await startDynamodbEngine(),
    tableAttempts: TABLE_ATTEMPTS,
    // The clock does not show how long a connection was idle.
    connections: { keepAliveTimeoutMs: 600_000 },
  });
}

type Environment = ReturnType<Rig['callEnvironment']>;

/** A call that the simulator's log shows as this caller's. */
function callOf(caller: number, round: string): RigCall {
  return { path: CALL_PATH, query: `openid=o${round}${caller}` };
}

async function callAll(environments: readonly Environment[], round: string): Promise<readonly string[]> {
  return Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      const answer = await environments[caller % environments.length]?.call(callOf(caller, round));
      const openId = answer?.json()['openid'];
      return `${answer?.statusCode} ${typeof openId === 'string' ? openId : answer?.text}`;
    }),
  );
}

const goodAnswers = (round: string): readonly string[] =>
  Array.from({ length: CALLERS }, (_, caller) => `200 o${round}${caller}`);

/** What the simulator answered each caller's calls of one round, in order: `undefined` is a good answer. */
function answeredErrcodes(round: string): readonly (readonly (number | undefined)[])[] {
  const answers = new Map<string, (number | undefined)[]>();
  for (const { path, query, answeredErrcode } of rig.simulator.log.entries) {
    const openId = query.get('openid') ?? '';
    if (path !== CALL_PATH || !openId.startsWith(`o${round}`)) continue;
    answers.set(openId, [...(answers.get(openId) ?? []), answeredErrcode]);
  }
  return [...answers.values()];
}

const MODES = [
  { mode: 'stable', issuePath: '/cgi-bin/stable_token' },
  { mode: 'classic', issuePath: '/cgi-bin/token' },
] as const;

// The modes differ in what they ask of WeChat, not of the table: on a second engine one of them is enough.
describe.each(PROJECT_ENGINE.isOutside ? MODES.slice(0, 1) : MODES)(
  'a thousand cold environments with a $mode account',
  ({ mode, issuePath }) => {
    it('all answer well after exactly one issue when there is no token yet', async () => {
      await startSmallRig(mode);
      const environments = Array.from({ length: CALLERS }, () => rig.callEnvironment());

      expect(await callAll(environments, 'cold')).toEqual(goodAnswers('cold'));

      expect(rig.simulator.log.count(issuePath)).toBe(1);
      expect(rig.simulator.log.count(/token$/)).toBe(1);
      expect(rig.simulator.log.count(PROBE_PATH)).toBe(0);
      expect(rig.refreshInvocations()).toBe(1);
      expect(answeredErrcodes('cold')).toEqual(Array.from({ length: CALLERS }, () => [undefined]));
    });

    it('all answer well after one probe and one issue when the token that they all hold has just died', async () => {
      await startSmallRig(mode);
      await rig.refreshEnvironment().invoke({});
      const environments = Array.from({ length: CALLERS }, () => rig.callEnvironment());
      expect(await callAll(environments, 'warm')).toEqual(goodAnswers('warm'));
      expect(rig.refreshInvocations()).toBe(0);

      rig.simulator.account(APP_ID).killCurrentToken();
      expect(await callAll(environments, 'dead')).toEqual(goodAnswers('dead'));

      expect(rig.simulator.log.count(PROBE_PATH)).toBe(1);
      expect(rig.simulator.log.count(issuePath)).toBe(2);
      expect(rig.simulator.log.count(/token$/)).toBe(2);
      expect(rig.refreshInvocations()).toBeLessThanOrEqual(2);
      // Every one of them was refused with the dead token and replayed once.
      expect(answeredErrcodes('dead')).toEqual(Array.from({ length: CALLERS }, () => [40001, undefined]));
    });
  },
);

// One mode on one engine is enough: what they differ in is above, and ten waves take as long as all of that.
describe.skipIf(PROJECT_ENGINE.isOutside)('ten waves of a thousand callers in fifty warm environments', () => {
  it('are all answered well, each wave after one probe and one issue', async () => {
    await startSmallRig('stable');
    await rig.refreshEnvironment().invoke({});
    const environments = Array.from({ length: ENVIRONMENTS_IN_WAVES }, () => rig.callEnvironment());
    for (let wave = 1; wave <= WAVES; wave += 1) {
      rig.simulator.account(APP_ID).killCurrentToken();
      const good = goodAnswers(`wave${wave}-`);
      const answers = await callAll(environments, `wave${wave}-`);
      expect(answers.filter((answer, caller) => answer !== good[caller])).toEqual([]);
      expect(rig.simulator.log.count(PROBE_PATH)).toBe(wave);
      expect(rig.simulator.log.count(/token$/)).toBe(1 + wave);
    }
  });
});

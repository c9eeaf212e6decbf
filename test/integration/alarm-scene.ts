import { type Rig, type RigCall, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';

/** 2026-11-20, noon in UTC+8: where a five minutes' period and an hour's begin. */
const NOON = Date.UTC(2026, 10, 20, 4);
const MINUTE_MS = 60_000;

/** A read of WeChat's that costs nothing. */
export const USER_INFO = { path: '/cgi-bin/user/info', query: 'openid=o1' } as const;

/** A gateway whose minutes a test lets pass, with its schedule running. */
export type AlarmScene = Awaited<ReturnType<typeof startAlarmScene>>;

/**
 * Starts a gateway at noon; nothing has run yet. Close its rig after the test.
 * @param origins where WeChat is looked for; by default the simulator
 */
export async function startAlarmScene(accounts = 1, origins?: readonly string[]) {
  const clock = createMovableClock(NOON);
  // The tick's pauses between its looks.
  clock.autoAdvance = true;
  const added = Array.from({ length: accounts }, simulatedAccount);
  const rig: Rig = await startRig({ accounts: added, clock, ...(origins && { origins }) });
  const refresher = rig.refreshEnvironment();
  const proxy = rig.callEnvironment();
  const [first] = added;
  if (first === undefined) throw new Error('a scene needs an account');
  let watchedFrom = NOON;

  const scene = {
    rig,
    clock,
    accounts: added,
    appId: first.appId,
    appSecret: first.appSecret,
    wechat: rig.simulator.account(first.appId),
    faults: rig.simulator.faults,
    tick: () => refresher.invoke({}),
    refresher,
    /** From when on alarms are judged. */
    watchedFrom: () => watchedFrom,
    /** Lets so many minutes pass: in each the schedule's tick, and `work`. */
    async minutes(count: number, work: () => Promise<unknown> = async () => undefined) {
      for (let minute = 0; minute < count; minute += 1) {
        const next = (Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS;
        await scene.tick();
        await work();
        clock.set(Math.max(next, clock.now()));
      }
    },
    /** Forgets what was before, and goes to where all tokens are half through their lives and asked for once more. */
    atHalfLife() {
      clock.set(NOON + 60 * MINUTE_MS);
      watchedFrom = clock.now();
    },
    /** Calls made one after the other. */
    async calls(count: number, call: RigCall = { ...USER_INFO }) {
      for (let made = 0; made < count; made += 1) await proxy.call(call);
    },
  };
  return scene;
}

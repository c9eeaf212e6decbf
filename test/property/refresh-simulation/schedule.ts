import { fingerprintOf } from '#shared/access-token/access-token.ts';
import { issuesPerDay, nextDueAt } from '#shared/access-token/lease-rules.ts';
import { tokenStateOf } from '#shared/access-token/token-item.dynamodb.ts';
import { usableToken } from '#shared/access-token/token-state.ts';
import { quotaDay } from '#shared/wechat/quota-day.ts';
import { createMemoryTokenStore, type MemoryTokenStore } from '../../memory-token-store.ts';
import { callForEver, type Environment, newEnvironment, tickForEver } from './environment.ts';
import { Invariants } from './invariants.ts';
import { type Random, seededRandom } from './random.ts';
import { VirtualTime } from './virtual-time.ts';
import { Weather } from './weather.ts';
import { WechatModel } from './wechat-model.ts';
import { APP_ID, type World } from './world.ts';

const MINUTE_MS = 60_000;
/** As long as it may take when all faults have ended: the pause after a rejection, then a suspicion that waits for the overlap's end. */
const RECOVERY_MS = 14 * MINUTE_MS;
/** Any two clocks are at most 2 s apart. */
const SKEW_MS = 1_000;
/** The account is a test account, so that its cap is near. */
const CAP = issuesPerDay(true);
const FORCED_CAP = 10;
const MIDNIGHT_UTC8 = Date.UTC(2026, 10, 20, 16);

/** What one schedule showed. */
export interface ScheduleReport {
  /** Every invariant that was broken, in order. */
  readonly breaches: readonly string[];
  /** What happened, line by line. */
  readonly trace: readonly string[];
  /** What the schedule reached, to see that the faults bite. */
  readonly reached: ReadonlySet<string>;
}

/** Runs the schedule of this seed: some minutes of faults, then calm. The same seed always gives the same report. */
export async function runSchedule(seed: number): Promise<ScheduleReport> {
  const trace: string[] = [];
  const reached = new Set<string>();
  const world = newWorld(seed, trace, reached);
  const { random, time, weather, invariants } = world;
  const kills = random.chance(0.5) ? random.pick([1, 2, 3, 5]) : 0;
  const store = createMemoryTokenStore({ items: world.items });
  begin(world, store);
  const faultsEndIn = random.between(3, 6) * MINUTE_MS;
  scheduleMisfortunes(world, kills, faultsEndIn);
  startEnvironments(world);
  await time.runUntil(time.now + faultsEndIn);
  weather.calmDown();
  // A killed token is found by a call; everything else is the ticks' work alone.
  world.callersStop = kills === 0;
  world.note('calm');
  await time.runUntil(time.now + RECOVERY_MS);
  const breaches = [...invariants.breaches, ...healthOf(world)];
  return { breaches, trace, reached };
}

function newWorld(seed: number, trace: string[], reached: Set<string>): World {
  const random = seededRandom(seed);
  const midnight = random.chance(0.25);
  const time = new VirtualTime(
    MIDNIGHT_UTC8 + (midnight ? -random.between(0, 6) : random.between(60, 1_200)) * MINUTE_MS,
  );
  const startAt = time.now;
  const note = (line: string): void => {
    trace.push(`${String(time.now - startAt).padStart(7)} ${line}`);
  };
  const mode = random.pick(['stable', 'classic'] as const);
  const lifeMs = lifeOf(random);
  const counted = random.chance(0.15) ? CAP - Math.floor(random.between(1, 8)) : 0;
  return {
    random,
    time,
    weather: new Weather(random, random.chance(0.5)),
    model: new WechatModel(lifeMs, random.chance(0.5)),
    lifeMs,
    longestBetweenCallsMs: random.pick([2_000, 20_000]),
    invariants: new Invariants(CAP, counted, note),
    items: new Map([[APP_ID, { [`issued${quotaDay(startAt)}`]: { N: String(counted) } }]]),
    mode,
    note,
    reach: (what) => reached.add(what),
    storedSecret: { value: 'secret-1', version: 'v1' },
    callersStop: false,
  };
}

/** As documented, or so short that several refreshes fall into one schedule. */
function lifeOf(random: Random): number {
  return random.chance(0.5) ? 7_200_000 : Math.round(random.between(330_000, 700_000));
}

/** Puts the account into a state from which something is due soon. */
function begin(world: World, store: MemoryTokenStore): void {
  const { random, time, model, mode, lifeMs } = world;
  const now = time.now;
  const earlyWarning = mode === 'stable' && random.chance(0.4);
  const dueBefore = earlyWarning ? lifeMs / 2 : mode === 'classic' ? Math.min(3_600_000, lifeMs / 2) : 270_000;
  const dueIn = random.pick([
    random.between(-60_000, 200_000),
    random.between(-60_000, 200_000),
    3_000_000,
    -dueBefore - 1_000,
  ]);
  const base = { pk: `TOKEN#${APP_ID}`, sk: 'CURRENT', dueGroup: 'due', tokenVersion: 0, nextDueAt: now };
  if (random.chance(0.15)) {
    store.patch(APP_ID, base);
    return;
  }
  const sentAt = Math.min(now - 100, Math.round(now + dueIn + dueBefore - lifeMs));
  const { access_token: value } = model.issue({ mode, secret: model.secret, force: false }, sentAt);
  const token = { mode, sentAt, receivedAt: sentAt + 50, expiresAt: sentAt + lifeMs };
  const text = String(value);
  const { mode: tokenMode, ...times } = token;
  const stored = { accessToken: text, fingerprint: fingerprintOf(text), tokenMode, ...times, tokenVersion: 1 };
  store.patch(APP_ID, { ...base, ...stored, nextDueAt: nextDueAt(token, !earlyWarning) });
}

function scheduleMisfortunes(world: World, kills: number, withinMs: number): void {
  const { random, time, model, note } = world;
  const kill = (): void => {
    note('all tokens are killed');
    model.kill(time.now);
  };
  for (let n = 0; n < kills; n += 1) time.after(random.between(0, withinMs), kill);
  const killsAfterIssue = kills > 0 ? random.pick([0, 0.1, 0.6]) : 0;
  model.onIssue = () => {
    if (!world.weather.isCalm && random.chance(killsAfterIssue)) time.after(random.between(0, 20_000), kill);
  };
  if (!random.chance(0.15)) return;
  const resetIn = random.between(0, withinMs / 2);
  time.after(resetIn, () => {
    note('the app secret is reset at WeChat');
    model.secret = 'secret-2';
  });
  time.after(resetIn + random.between(0, withinMs / 2), () => {
    note('the operator stores the new app secret');
    world.storedSecret = { value: 'secret-2', version: 'v2' };
  });
}

function startEnvironments(world: World): void {
  const skew = (): number =>
    world.random.pick([-SKEW_MS, SKEW_MS, 0, Math.round(world.random.between(-SKEW_MS, SKEW_MS))]);
  let started = 0;
  const start = (work: (environment: Environment) => Promise<void>): void => {
    started += 1;
    const environment = newEnvironment(world, `environment-${started}`, skew());
    // A crashed environment is replaced some time later, as Lambda does.
    environment.actor.onCrash(() => world.time.after(world.random.between(100, 10_000), () => start(work)));
    world.time.after(world.random.between(0, 20_000), () => void work(environment));
  };
  for (const work of [tickForEver, tickForEver, callForEver, callForEver])
    start((environment) => work(world, environment));
}

/** What is wrong with the account after some minutes of calm, unless a limit of the day forbids to mend it. */
function healthOf({ items, model, time, reach, weather }: World): readonly string[] {
  const item = items.get(APP_ID);
  if (item === undefined) return ['the account is gone'];
  const state = tokenStateOf(item);
  const today = quotaDay(time.now);
  const usedUp = Object.values(state.issued).some((issues) => issues >= CAP);
  const forcedUsedUp = Number(item[`forced${today}`]?.N ?? 0) >= FORCED_CAP;
  if (usedUp || forcedUsedUp || !weather.isCalm) {
    reach('a limit of the day');
    return [];
  }
  const token = usableToken(state, time.now);
  if (token === undefined) return [`there is no usable token: ${JSON.stringify(state)}`];
  if (model.accepts(token.value, time.now)) return [];
  return [`WeChat does not accept the stored token: ${JSON.stringify(state)}`];
}

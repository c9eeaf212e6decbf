import type { Item } from '#shared/table/attributes.dynamodb.ts';
import { newAccounts } from './accounts.ts';
import { addFigures, type FiguresByMode, noFigures } from './figures.ts';
import { forecast, type Mix } from './forecast.ts';
import { Health } from './health.ts';
import { killAfterIssues, meddleForEver } from './people.ts';
import { newProxy } from './proxy.ts';
import { seededRandom } from './random.ts';
import { RefreshFunction } from './refresh-function.ts';
import { Replica } from './replica.ts';
import { tickForEver } from './ticks.ts';
import { callForEver, callOnce, type Road } from './traffic.ts';
import { VirtualTime } from './virtual-time.ts';
import { Weather } from './weather.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;
const SOME_DAY = Date.UTC(2026, 10, 20);
const PROXIES = 3;
const LAST_CALLS_MS = 60_000;

/** Which 24 hours to simulate. */
export interface DaySettings {
  readonly seed: number;
  readonly mix: Mix;
  /** Told what happens, line by line. */
  readonly note?: (line: string) => void;
}

/** What one day showed. */
export interface DayReport {
  /** The invariant that was broken, after which the day was not carried on; `undefined` when all held. */
  readonly breach: string | undefined;
  readonly figures: FiguresByMode;
  /** What the day came to see: ends of refreshes, causes of failures. */
  readonly reached: ReadonlySet<string>;
}

/** Runs the day of this seed over the real use cases. The same settings always give the same report. */
export async function runDay(settings: DaySettings): Promise<DayReport> {
  const { stackTraceLimit } = Error;
  // A harsh day throws ten thousands of expected errors; nobody reads where they come from, but for a day that is told line by line.
  if (settings.note === undefined) Error.stackTraceLimit = 0;
  try {
    return await liveThrough(settings);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function liveThrough(settings: DaySettings): Promise<DayReport> {
  const reached = new Set<string>();
  let breach: string | undefined;
  const world = newWorld(settings, reached, (what) => {
    breach ??= what;
    world.note(() => `BREACH ${what}`);
    world.time.stop();
  });
  const { time, weather, random } = world;
  const road = openRoad(world);
  for (const { climate, lastsMs } of forecast(random, settings.mix, DAY_MS)) {
    if (breach !== undefined) break;
    weather.turn(climate);
    world.note(() => (weather.isCalm ? 'calm' : `the weather turns: ${JSON.stringify(climate)}`));
    if (weather.isCalm) beginCalm(world, road.health);
    await time.runUntil(time.now + lastsMs);
  }
  for (const account of world.accounts.values()) void callOnce(road, account);
  await time.runUntil(time.now + LAST_CALLS_MS);
  return { breach, figures: figuresOf(world), reached };
}

function newWorld({ seed, mix, note }: DaySettings, reached: Set<string>, breach: (what: string) => void): World {
  const random = seededRandom(seed);
  const startAt = Math.round(SOME_DAY + random.between(0, DAY_MS));
  const time = new VirtualTime(startAt);
  const items = new Map<string, Item>();
  const accounts = newAccounts({ random, mix, items, now: startAt, breach });
  const weather = new Weather(random);
  return {
    random,
    time,
    weather,
    items,
    replica: new Replica(items, time, weather),
    accounts: new Map(accounts.map((account) => [account.account.appId, account])),
    healMarkers: new Map(),
    calls: new Map(),
    undoings: new Set(),
    note: note === undefined ? () => {} : (line) => note(`${timeText(time.now - startAt)} ${line()}`),
    breach,
    reach: (what) => reached.add(what),
  };
}

/** Everything that goes on all day. */
function openRoad(world: World): Road {
  const refreshFunction = new RefreshFunction(world);
  const road = { world, proxy: newProxy(world, refreshFunction, PROXIES), health: new Health(world) };
  void tickForEver(world, refreshFunction);
  void meddleForEver(world, refreshFunction);
  void road.health.watchForEver();
  for (const account of world.accounts.values()) {
    if (account.quiet) continue;
    killAfterIssues(world, account);
    void callForEver(road, account);
  }
  return road;
}

function beginCalm({ undoings }: World, health: Health): void {
  for (const undo of undoings) undo();
  health.calmBegins();
}

function figuresOf({ accounts }: World): FiguresByMode {
  const byMode = { stable: noFigures(), classic: noFigures() };
  for (const { account, figures } of accounts.values()) {
    const day = { ...figures, accountDays: 1, mostIssues: figures.issues };
    addFigures(byMode[account.mode], day);
  }
  return byMode;
}

/** `hh:mm:ss.mmm` since the day began. */
function timeText(durationMs: number): string {
  return new Date(durationMs).toISOString().slice(11, 23);
}

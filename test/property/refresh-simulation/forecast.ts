import { CALM, type Climate } from './climate.ts';
import type { Random } from './random.ts';

/**
 * How bad a day is. `moderate`: small troubles all day and some outages of 2 minutes, so that stable mode, which keeps 4.5 minutes in hand, has a few
 * tries left when a tick was lost before and a cooldown comes after; and nobody ends a live token or disables an account. `harsh`: storms in which
 * everything goes wrong at once, and a calm after each.
 */
export const MIXES = ['moderate', 'harsh'] as const;

/** See {@link MIXES}. */
export type Mix = (typeof MIXES)[number];

/** One climate and how long it lasts. */
export interface Front {
  readonly climate: Climate;
  readonly lastsMs: number;
}

const MINUTE_MS = 60_000;
const LAST_CALM_MS = 20 * MINUTE_MS;
const LONGEST_PAUSE_MS = 180_000;
const SHORT_PAUSE_MS = 6_400;

/** The climates of a day, one after the other. The last one is calm, and long enough to see that everything gets well. */
export function forecast(random: Random, mix: Mix, durationMs: number): readonly Front[] {
  const fronts: Front[] = [];
  let leftMs = durationMs - LAST_CALM_MS;
  while (leftMs > 0) {
    for (const front of mix === 'moderate' ? moderateHour(random) : stormAndCalm(random)) {
      const lastsMs = Math.min(front.lastsMs, leftMs);
      if (lastsMs > 0) fronts.push({ ...front, lastsMs });
      leftMs -= lastsMs;
    }
  }
  return [...fronts, { climate: CALM, lastsMs: LAST_CALM_MS }];
}

const MODERATE: Climate = {
  ...CALM,
  pause: 0.002,
  longestPauseMs: 10_000,
  pauseBeforeTable: 0.001,
  crash: 0.001,
  tableTrouble: 0.01,
  slowTable: 0.02,
  secretsTrouble: 0.02,
  wechatTrouble: 0.05,
  slowWechat: 0.05,
  invokeTrouble: 0.02,
  missingTicks: 0.02,
  doubledTicks: 0.02,
  oddRefusals: 0.001,
  rogueIssues: 0.25,
  operatorActs: 0.1,
  slowestSecretMs: MINUTE_MS,
};

function moderateHour(random: Random): readonly Front[] {
  const outage = random.pick([
    { climate: { ...MODERATE, throttling: 0.5 }, lastsMs: 5 * MINUTE_MS },
    { climate: { ...MODERATE, throttling: 1 }, lastsMs: 2 * MINUTE_MS },
    { climate: { ...MODERATE, secretsTrouble: 1 }, lastsMs: 2 * MINUTE_MS },
    { climate: { ...MODERATE, tokenEndpointsDown: true }, lastsMs: 2 * MINUTE_MS },
  ]);
  return [{ climate: MODERATE, lastsMs: random.between(15, 90) * MINUTE_MS }, outage];
}

function stormAndCalm(random: Random): readonly Front[] {
  return [
    { climate: storm(random), lastsMs: random.between(3, 25) * MINUTE_MS },
    { climate: CALM, lastsMs: random.between(5, 25) * MINUTE_MS },
  ];
}

function storm(random: Random): Climate {
  const pick = <Value>(values: readonly [Value, ...Value[]]): Value => random.pick(values);
  const pausesOutliveLeases = random.chance(0.5);
  const outage = pick(['none', 'none', 'none', 'table', 'secrets', 'token-endpoints']);
  return {
    pause: pick([0, 0.05, 0.25]),
    longestPauseMs: pausesOutliveLeases ? LONGEST_PAUSE_MS : SHORT_PAUSE_MS,
    pauseBeforeTable: pausesOutliveLeases ? pick([0, 0.05, 0.3]) : 0,
    crash: pick([0, 0.02, 0.15]),
    tableTrouble: pick([0, 0.05, 0.2]),
    throttling: outage === 'table' ? pick([0.5, 1]) : 0,
    slowTable: pick([0, 0.1, 0.4]),
    secretsTrouble: outage === 'secrets' ? 1 : pick([0, 0.2]),
    wechatTrouble: pick([0, 0.3, 0.8]),
    rejections: pick([0, 0.03, 0.1]),
    tokenEndpointsDown: outage === 'token-endpoints',
    slowWechat: pick([0, 0.2, 0.8]),
    callTrouble: pick([0, 0.05]),
    invokeTrouble: pick([0, 0.2]),
    missingTicks: pick([0, 0.3]),
    doubledTicks: pick([0, 0.5, 1]),
    oddRefusals: pick([0, 0.02, 0.1]),
    rogueIssues: pick([0, 0, 6, 30]),
    rogueForces: pick([0, 0, 6]),
    kills: pick([0, 0, 6, 30]),
    killsAfterIssue: pick([0, 0, 0.1, 0.6]),
    operatorActs: pick([0, 2, 6]),
    disables: pick([0, 0, 2]),
    slowestSecretMs: pick([MINUTE_MS, 10 * MINUTE_MS]),
    leaks: pick([0, 0, 2]),
    meanBetweenCallsMs: pick([5_000, 20_000]),
  };
}

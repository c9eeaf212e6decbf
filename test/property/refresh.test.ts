import { expect, it } from 'vitest';
import { runSchedule, type ScheduleReport } from './refresh-simulation/schedule.ts';

const SCHEDULES = 2_400;
const FIRST_SEED = 1;
/** The end of a failing schedule's trace that is printed; `REFRESH_SEED` alone prints all of it. */
const TRACE_LINES = 60;

const only = process.env['REFRESH_SEED'];
const seeds =
  only === undefined ? Array.from({ length: SCHEDULES }, (_, n) => FIRST_SEED + n) : only.split(',').map(Number);

/** `REFRESH_SEED=17 npm test -- test/property/refresh.test.ts` runs the schedule of seed 17 alone. */
it(`keeps every promise of refreshing through ${seeds.length} schedules of pauses, crashes, losses and skewed clocks`, async () => {
  const reached = new Set<string>();
  for (const seed of seeds) {
    const report = await runSchedule(seed);
    expect.soft(report.breaches, () => explain(seed, report)).toEqual([]);
    for (const what of report.reached) reached.add(what);
  }
});

function explain(seed: number, { trace }: ScheduleReport): string {
  const lines = only === undefined ? trace.slice(-TRACE_LINES) : trace;
  return `REFRESH_SEED=${seed} shows it again:\n${lines.join('\n')}`;
}

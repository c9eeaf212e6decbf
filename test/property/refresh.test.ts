import { describe, expect, it } from 'vitest';
import { runDay } from './refresh-simulation/day.ts';
import { explainDay } from './refresh-simulation/explain-day.ts';
import { addFigures, noFigures } from './refresh-simulation/figures.ts';

/** The seeds from 1, always these and more for as long as there is time. */
const FEWEST_HARSH_DAYS = 20;
const MOST_HARSH_DAYS = 40;
const TIME_FOR_HARSH_DAYS_MS = 60_000;
const MODERATE_DAYS = 5;
/** On a machine with much else to do the fewest days alone may take minutes. */
const CEILING_MS = 900_000;
/** Where searching stops: what comes after is most likely the same fault. */
const ENOUGH_FAILURES = 3;

/** What the days must come to see; without it they would prove little. */
const MUST_BE_REACHED = [
  'committed',
  'superseded',
  'kept',
  'held',
  'cooling',
  'not-needed',
  'failed',
  'errored',
  'a forced issue',
  'a limit of the day',
  'a token from memory',
  'lease-ended',
  'deadline',
  'probe-unclear',
  'odd-answer',
  'issues-used-up',
  'forced-issue-not-allowed',
  'app-secret-unavailable',
  'connect',
  'reset',
  '-1',
  '40125',
  '40164',
  '45009',
  '45011',
];

describe('refreshing and healing for whole days', () => {
  it('keeps every promise through pauses, crashes, lost and late messages, outages, operators and rogues', {
    timeout: CEILING_MS,
  }, async () => {
    const failures: string[] = [];
    const reached = new Set<string>();
    const startedAt = performance.now();
    let days = 0;
    const isTimeLeft = (): boolean =>
      days < FEWEST_HARSH_DAYS || performance.now() - startedAt < TIME_FOR_HARSH_DAYS_MS;
    while (days < MOST_HARSH_DAYS && failures.length < ENOUGH_FAILURES && isTimeLeft()) {
      days += 1;
      const report = await runDay({ seed: days, mix: 'harsh' });
      for (const what of report.reached) reached.add(what);
      if (report.breach !== undefined) failures.push(await explainDay({ seed: days, mix: 'harsh' }, report.breach));
    }
    process.stdout.write(`simulated ${days} harsh days of 24 h, the seeds 1 to ${days}\n`);
    expect(failures.join('\n\n')).toBe('');
    expect([...reached]).toEqual(expect.arrayContaining(MUST_BE_REACHED));
  });

  it('fails no caller of a stable account through small troubles and outages of two minutes', async () => {
    const sum = noFigures();
    for (let seed = 1; seed <= MODERATE_DAYS; seed += 1) {
      const { breach, figures } = await runDay({ seed, mix: 'moderate' });
      expect(breach && (await explainDay({ seed, mix: 'moderate' }, breach))).toBeUndefined();
      addFigures(sum, figures.stable);
    }
    expect(sum.failedCalls).toBe(0);
    expect(sum.calls).toBeGreaterThan(MODERATE_DAYS * 1_000);
  });

  it('is the same day for the same seed', async () => {
    const [first, again] = [await traceOf(42), await traceOf(42)];
    // Leases are named by random ids, which nothing depends on.
    expect(again.map(withoutIds)).toEqual(first.map(withoutIds));
    expect(first.length).toBeGreaterThan(1_000);
  });
});

async function traceOf(seed: number): Promise<readonly string[]> {
  const trace: string[] = [];
  await runDay({ seed, mix: 'harsh', note: (line) => trace.push(line) });
  return trace;
}

function withoutIds(line: string): string {
  return line.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id');
}

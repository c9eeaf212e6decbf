import { describe, expect, it } from 'vitest';
import { ALARMS } from '#shared/alarm/alarm-catalogue.ts';
import { isTraceOf } from '#shared/alarm/log-filter.ts';
import { type EmittedValue, emittedValues, firedAlarms, OWN_ALARMS } from '../alarm-evaluator.ts';
import { isOurs, metricsOfAlarms, metricsOfDashboard } from '../infra/watched-metrics.ts';
import { ALARM_SCENARIOS, type AlarmScenario, type ScenarioRun } from './alarm-scenarios.ts';

const runs = new Map<AlarmScenario, Promise<ScenarioRun>>();

/** Each scenario happens once, whichever test asks first. */
function runOf(scenario: AlarmScenario): Promise<ScenarioRun> {
  const run = runs.get(scenario) ?? scenario.run();
  runs.set(scenario, run);
  return run;
}

/** What stands in the logs of a run, without the metrics. */
const logLines = ({ lines }: ScenarioRun) =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => 'event' in line);

/** A metric in one text, to compare. */
const named = ({ namespace, name, dimensions }: Pick<EmittedValue, 'namespace' | 'name' | 'dimensions'>) =>
  `${namespace} ${name} ${JSON.stringify(dimensions)}`;

describe.each(ALARM_SCENARIOS)('when $fault', (scenario) => {
  it(`exactly these alarms go off: ${scenario.fires.join(', ')}`, async () => {
    const { lines, from, until } = await runOf(scenario);
    expect(firedAlarms(lines, from, until)).toEqual(scenario.fires);
  });
});

describe('alarms and dashboard', () => {
  it('look at metrics that the code emits, by the dimensions that it gives them', async () => {
    const all = await Promise.all(ALARM_SCENARIOS.map(runOf));
    const emitted = new Set(all.flatMap(({ lines }) => emittedValues(lines)).map(named));
    const watched = [...metricsOfAlarms(), ...metricsOfDashboard()].filter(isOurs).map(named);
    expect(watched.length).toBeGreaterThan(40);
    expect(watched.filter((name) => !emitted.has(name))).toEqual([]);
  });
});

describe('an alarm', () => {
  it('that watches a metric of ours goes off in one of these', () => {
    const fired = new Set(ALARM_SCENARIOS.flatMap(({ fires }) => fires));
    expect(OWN_ALARMS.map(({ id }) => id).filter((id) => !fired.has(id))).toEqual([]);
  });

  it('finds its cause in the logs of each fault that sets it off', async () => {
    const silent: string[] = [];
    for (const scenario of ALARM_SCENARIOS) {
      const lines = logLines(await runOf(scenario));
      const causes = ALARMS.filter(({ id, logs }) => logs !== undefined && scenario.fires.includes(id));
      const untraced = causes.filter((alarm) => !lines.some((line) => isTraceOf(alarm, line)));
      silent.push(...untraced.map(({ id }) => `${scenario.fault}: ${id}`));
    }
    // Nothing ran, so nothing was logged.
    expect(silent).toEqual([
      'no tick runs any more: refresh-overdue',
      'neither ticks nor syncs that bring a list for 27 hours: refresh-overdue',
    ]);
  });
});

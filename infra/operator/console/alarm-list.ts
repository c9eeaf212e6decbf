import type { Severity } from '#shared/alarm/alarm.ts';
import { alarmOfName } from '#shared/alarm/alarm-catalogue.ts';
import type { AlarmReader, AlarmState } from '../alarm-reader.ts';
import { type Advice, readRunbook } from './runbook.ts';

/** The page's line of one alarm. */
export interface ShownAlarm {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly state: 'on' | 'off';
  readonly since: string;
  readonly reason: string;
  /** `null` where the runbook of this checkout has none. */
  readonly advice: Advice | null;
  /** Where more is, in the checkout. */
  readonly runbook: string;
}

const DAY_MS = 86_400_000;

/** The alarms of the catalogue that are on, the critical first, then those that went off within a day, the latest first. */
export async function alarmList(reader: AlarmReader, stage: string, now: number): Promise<readonly ShownAlarm[]> {
  const states = await reader.read(now - DAY_MS);
  const advice = readRunbook();
  const shown = states.flatMap((state) => shownAlarm(state, stage, advice));
  return shown.toSorted((one, other) => rank(one) - rank(other) || Date.parse(other.since) - Date.parse(one.since));
}

function shownAlarm(
  { name, state, since, reason }: AlarmState,
  stage: string,
  advice: ReadonlyMap<string, Advice>,
): readonly ShownAlarm[] {
  const alarm = alarmOfName(stage, name);
  // An older deployment's, or somebody's own under our prefix: there is no advice for it.
  if (alarm === undefined) return [];
  const { id, title, severity, section } = alarm;
  const shown = { id, title, severity, state, since: new Date(since).toISOString(), reason };
  return [{ ...shown, advice: advice.get(section) ?? null, runbook: `docs/runbook.md#${section}` }];
}

function rank({ state, severity }: ShownAlarm): number {
  if (state === 'off') return 2;
  return severity === 'critical' ? 0 : 1;
}

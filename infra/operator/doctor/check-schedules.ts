import type { MetricName } from '#shared/lambda/metric-names.ts';
import { durationText } from '../text-layout.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';
import { checkOfTrouble } from './check-of-trouble.ts';
import type { KnownAccount } from './check-table.ts';
import type { Patient } from './patient.ts';

const REFRESH = 'refresh schedule';
const SYNC = 'sync schedule';
const QUOTAS = 'quotas schedule';
/** What every tick writes, whatever it has to do. */
const TICK_METRIC: MetricName = 'RefreshOverdue';
const TICKS_SINCE_MS = 10 * 60_000;
/** Three ticks, each of which writes at its end. */
const TICK_EXPECTED_MS = 4 * 60_000;
/** The alarm's own threshold: nothing is due for so long while ticks run, but for an account in the pause after a failure. */
const OVERDUE_MS = 120_000;

/**
 * Looks at all schedules: are they there and enabled, and, of the one that refreshes, when its last tick wrote its measurements.
 * @param accounts `undefined` when the table is not to be read
 */
export async function checkSchedules(
  patient: Patient,
  accounts: readonly KnownAccount[] | undefined,
): Promise<readonly Check[]> {
  const { refresh, sync, quotas } = patient.gateway.target.schedules;
  patient.tell('Looking at the schedules ...');
  const refreshCheck = await checkSchedule(patient, REFRESH, refresh, 'Tokens are not refreshed');
  const syncCheck = await checkSchedule(patient, SYNC, sync, "WeChat's IP lists are not synced");
  const quotasCheck = await checkSchedule(patient, QUOTAS, quotas, 'Nobody asks WeChat how far quotas are used');
  return [
    refreshCheck.state === 'ok' ? await checkTicks(patient, refreshCheck, accounts ?? []) : refreshCheck,
    syncCheck,
    quotasCheck,
  ];
}

async function checkSchedule(
  { gateway, surroundings }: Patient,
  what: string,
  name: string | undefined,
  consequence: string,
): Promise<Check> {
  if (name === undefined) {
    return skipped(
      what,
      surroundings.isLocal ? 'The local run has none.' : 'The stack does not name it: deploy it with this version.',
    );
  }
  try {
    const state = await (await gateway.openSchedules()).read(name);
    if (state === undefined) {
      return failed(
        what,
        `The schedule ${name} does not exist. ${consequence}.`,
        'Somebody has deleted it: make it again in the EventBridge Scheduler console as the template has it, or remove and restore it by two deployments (runbook, "schedule stopped").',
      );
    }
    if (!state.enabled) {
      const remedy = surroundings.isLocal
        ? 'Enable it as it was stopped, or stop the local run and start it again: npm start.'
        : `Enable ${name} in the EventBridge Scheduler console; a deployment does not, for its template is unchanged.`;
      return failed(what, `The schedule ${name} is disabled. ${consequence}.`, remedy);
    }
    return ok(what, `${name} is enabled, ${state.expression}`);
  } catch (error) {
    return checkOfTrouble(what, error);
  }
}

async function checkTicks(patient: Patient, enabled: Check, accounts: readonly KnownAccount[]): Promise<Check> {
  const now = patient.clock.now();
  const overdue = longestOverdue(accounts, now);
  const log = patient.surroundings.commandLine('logs --since 15m');
  if (overdue > OVERDUE_MS) {
    return failed(
      REFRESH,
      `${enabled.finding}, but an account has been due for ${durationText(overdue)} and nobody has refreshed it.`,
      `See what the function says: ${log}`,
    );
  }
  const lastTickAt = await lastTick(patient, now).catch((error: unknown) => checkOfTrouble(REFRESH, error));
  if (typeof lastTickAt === 'object') return { ...lastTickAt, state: 'warning' };
  if (lastTickAt === undefined || now - lastTickAt > TICK_EXPECTED_MS) {
    const seen = lastTickAt === undefined ? 'in the last 10 minutes' : `for ${durationText(now - lastTickAt)}`;
    return warning(
      REFRESH,
      `${enabled.finding}, but no tick has been seen ${seen}.`,
      `After a first deployment wait for 5 minutes; then see what the function says: ${log}`,
    );
  }
  return { ...enabled, finding: `${enabled.finding}; the last tick ended ${durationText(now - lastTickAt)} ago.` };
}

async function lastTick({ gateway }: Patient, now: number): Promise<number | undefined> {
  const functionName = gateway.target.logs.kind === 'groups' ? 'refresh-access-token' : undefined;
  const entries = await (await gateway.openLogs()).read({
    since: now - TICKS_SINCE_MS,
    functionName,
    metric: TICK_METRIC,
  });
  return entries.at(-1)?.at;
}

function longestOverdue(accounts: readonly KnownAccount[], now: number): number {
  const waiting = accounts.flatMap(({ state }) =>
    state === undefined || state.disabled ? [] : [now - Math.max(state.nextDueAt, state.cooldownEnd)],
  );
  return Math.max(0, ...waiting);
}

import type { AccountCondition, ShownAccount } from './account-list.ts';
import type { ConsoleParts } from './console-state.ts';
import { valueOf } from './part.ts';
import type { ShownQuota } from './quota-bars.ts';
import type { ShownServerIpList } from './server-ip-lists.ts';

/** Something that is wrong. `critical`: callers notice, or will within the hour. */
export interface Problem {
  readonly level: 'critical' | 'warning';
  readonly text: string;
}

/** How the whole gateway is. */
export interface Verdict {
  /** `idle`: nothing is wrong, and no account works. */
  readonly level: 'good' | 'idle' | Problem['level'];
  /** What is wrong first, or that all is well. */
  readonly headline: string;
  /** What else is wrong, the worst first. */
  readonly others: readonly string[];
}

/** From here on a quota is worth a word though it may last. */
const ALMOST_ALL_PERCENT = 95;
/** More names than these make no headline. */
const MOST_NAMES = 3;

/** The verdict on what was read. */
export function verdictOf(parts: ConsoleParts): Verdict {
  const problems = problemsOf(parts).toSorted((one, other) => rank(one) - rank(other));
  const [first, ...others] = problems;
  if (first === undefined) return verdictWithoutProblem(valueOf(parts.accounts) ?? []);
  return { level: first.level, headline: first.text, others: others.map(({ text }) => text) };
}

function rank({ level }: Problem): number {
  return level === 'critical' ? 0 : 1;
}

function verdictWithoutProblem(accounts: readonly ShownAccount[]): Verdict {
  const alive = accounts.filter(({ condition }) => condition === 'alive').length;
  const disabled = accounts.length - alive;
  if (accounts.length === 0) return { level: 'idle', headline: 'No account has been added yet', others: [] };
  if (alive === 0) return { level: 'idle', headline: 'Every account is disabled', others: [] };
  const all = alive === 1 ? 'The account is alive' : `All ${alive} accounts alive`;
  return { level: 'good', headline: disabled === 0 ? all : `${all}, ${disabled} disabled`, others: [] };
}

function problemsOf(parts: ConsoleParts): readonly Problem[] {
  const { accounts, usage, serverIps, alarms } = parts;
  return [
    ...unreadable(parts),
    ...accountProblems(valueOf(accounts) ?? []),
    ...(valueOf(alarms) ?? [])
      .filter(({ state }) => state === 'on')
      .map(({ severity, title }): Problem => ({ level: severity, text: `Alarm: ${title}` })),
    ...(valueOf(usage)?.quotas ?? []).flatMap(quotaProblem),
    ...(valueOf(serverIps) ?? []).flatMap(serverIpProblems),
  ];
}

function serverIpProblems({ list, pendingSince, refused }: ShownServerIpList): readonly Problem[] {
  const pending = `The ${list} IP list lost over half of its addresses and waits for you`;
  const kept = `WeChat's latest ${list} IP list was refused: ${refused?.reason ?? ''}`;
  return [...(pendingSince === null ? [] : [warning(pending)]), ...(refused === null ? [] : [warning(kept)])];
}

function unreadable({ accounts, ...others }: ConsoleParts): readonly Problem[] {
  const troubles = Object.values(others).flatMap((part) => ('trouble' in part ? [part.trouble] : []));
  return [
    ...('trouble' in accounts
      ? [{ level: 'critical', text: `The accounts cannot be read: ${accounts.trouble}` } as const]
      : []),
    ...[...new Set(troubles)].map((trouble) => warning(`Not all can be read: ${trouble}`)),
  ];
}

const CONDITION_PROBLEMS: readonly (readonly [AccountCondition, Problem['level'], one: string, many: string])[] = [
  ['dead', 'critical', 'has no token that works', 'have no token that works'],
  ['overdue', 'critical', 'is not being refreshed', 'are not being refreshed'],
  ['failing', 'warning', 'cannot be refreshed; its token lives on', 'cannot be refreshed; their tokens live on'],
];

function accountProblems(accounts: readonly ShownAccount[]): readonly Problem[] {
  return CONDITION_PROBLEMS.flatMap(([condition, level, one, many]) => {
    const names = accounts.filter((account) => account.condition === condition).map(({ displayName }) => displayName);
    if (names.length === 0) return [];
    if (names.length === 1) return [{ level, text: `${names[0]} ${one}` }];
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    const list = names.slice(0, MOST_NAMES).join(', ');
    return [{ level, text: `${names.length} of ${accounts.length} accounts ${many}: ${list}${more}` }];
  });
}

function quotaProblem({ displayName, endpoint, usedPercent, forecast }: ShownQuota): readonly Problem[] {
  const what = `${endpoint} of ${displayName}`;
  if (forecast.kind === 'used-up') return [{ level: 'critical', text: `Today's quota of ${what} is used up` }];
  if (forecast.kind === 'ends') return [warning(`Today's quota of ${what} ends before midnight at this rate`)];
  if (usedPercent < ALMOST_ALL_PERCENT) return [];
  return [warning(`Today's quota of ${what} is ${Math.floor(usedPercent)} % used`)];
}

function warning(text: string): Problem {
  return { level: 'warning', text };
}

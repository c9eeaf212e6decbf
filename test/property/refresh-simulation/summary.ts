import type { Figures, FiguresByMode } from './figures.ts';
import type { Mix } from './forecast.ts';

/** What a run of many days came to. */
export interface Summary {
  readonly mix: Mix;
  readonly days: number;
  readonly failedSeeds: readonly number[];
  readonly figures: FiguresByMode;
}

interface Row {
  readonly name: string;
  readonly of: (figures: Figures) => number | string;
}

const ROWS: readonly Row[] = [
  { name: 'account-days', of: ({ accountDays }) => accountDays },
  { name: 'issues a day, on average', of: ({ issues, accountDays }) => perDay(issues, accountDays) },
  { name: 'issues in the worst day', of: ({ mostIssues }) => mostIssues },
  { name: 'forced issues', of: ({ forcedIssues }) => forcedIssues },
  { name: 'probes a day, on average', of: ({ probes, accountDays }) => perDay(probes, accountDays) },
  { name: "callers' requests", of: ({ calls }) => calls },
  { name: '  failed', of: ({ failedCalls }) => failedCalls },
  { name: '  failed cold while the table was away', of: ({ coldFailures }) => coldFailures },
  { name: '  ended with their environment', of: ({ crashedCalls }) => crashedCalls },
  { name: '  lost between the proxy and WeChat', of: ({ lostCalls }) => lostCalls },
  { name: '  answered by WeChat with another error', of: ({ passedOnErrors }) => passedOnErrors },
  { name: '  refused, and rightly so', of: ({ rightlyRefused }) => rightlyRefused },
  { name: '  healed', of: ({ healedCalls }) => healedCalls },
  { name: 'refused by WeChat for their token', of: ({ refusals }) => refusals },
  {
    name: 'outage, seconds a day on average',
    of: ({ outageSeconds, accountDays }) => perDay(outageSeconds, accountDays),
  },
  { name: 'longest outage, seconds', of: ({ longestOutageSeconds }) => longestOutageSeconds },
  { name: 'worst recovery, seconds', of: ({ worstRecoverySeconds }) => worstRecoverySeconds },
];
const NAME_WIDTH = 42;
const COLUMN_WIDTH = 12;

/** The figures as a table, a column for each mode. */
export function summaryText({ mix, days, failedSeeds, figures: { stable, classic } }: Summary): string {
  const verdict = failedSeeds.length === 0 ? 'every promise held' : `broken by the seeds ${failedSeeds.join(', ')}`;
  const causes = new Set([...Object.keys(stable.failures), ...Object.keys(classic.failures)]);
  const causeRows = [...causes].map((cause) => ({
    name: `failed: ${cause}`,
    of: ({ failures }: Figures) => failures[cause] ?? 0,
  }));
  return [
    `${mix} mix, ${days} days of 24 h: ${verdict}`,
    lineOf('', 'stable', 'classic'),
    ...[...ROWS, ...causeRows].map(({ name, of }) => lineOf(name, of(stable), of(classic))),
  ].join('\n');
}

function lineOf(name: string, ...cells: readonly (string | number)[]): string {
  return name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(COLUMN_WIDTH)).join('');
}

function perDay(total: number, days: number): string {
  return (days === 0 ? 0 : total / days).toFixed(1);
}

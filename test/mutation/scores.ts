import { GROUPS } from './groups.ts';

/** The least part of the changes to a group that its tests must notice. */
export const LEAST_KILLED_PERCENT = 85;

/** What is used of Stryker's JSON report (https://github.com/stryker-mutator/mutation-testing-elements, packages/report-schema). */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

/** How many changes to a group of files the tests noticed. */
export interface Score {
  readonly group: string;
  readonly noticed: number;
  readonly unnoticed: number;
  readonly killedPercent: number;
}

/**
 * The scores of the groups that a report is about. A test that failed and one that no longer ended have noticed a change; a change that no module loads
 * with (Stryker's runtime errors) says nothing about tests and is left out, as Stryker does.
 */
export function scoresOf({ files }: Report): readonly Score[] {
  return Object.entries(GROUPS).flatMap(([group, paths]) => {
    const statuses = paths.flatMap((path) => files[path]?.mutants ?? []).map(({ status }) => status);
    const noticed = statuses.filter((status) => status === 'Killed' || status === 'Timeout').length;
    const unnoticed = statuses.filter((status) => status === 'Survived' || status === 'NoCoverage').length;
    if (statuses.length === 0) return [];
    return [{ group, noticed, unnoticed, killedPercent: (100 * noticed) / (noticed + unnoticed) }];
  });
}

/** One line per group. */
export function textOfScores(scores: readonly Score[]): string {
  const lines = scores.map(
    ({ group, noticed, unnoticed, killedPercent }) =>
      `${group}: ${noticed} of ${noticed + unnoticed} changes noticed, ${killedPercent.toFixed(1)} %\n`,
  );
  return `\n${lines.join('')}At least ${LEAST_KILLED_PERCENT} % must be.\n`;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the runbook says of an alarm, as plain text. */
export interface Advice {
  /** Where to look; `null` where the alarm says all. */
  readonly look: string | null;
  /** What to do. */
  readonly action: string;
}

const RUNBOOK = join(import.meta.dirname, '../../../docs/runbook.md');

/** Reads the advice for alarms out of this checkout's runbook. @returns by the anchor of the section; sections without such lines are absent */
export function readRunbook(): ReadonlyMap<string, Advice> {
  const sections = readFileSync(RUNBOOK, 'utf8').split(/^## /m).slice(1);
  return new Map(
    sections.flatMap((section) => {
      const [anchor = ''] = section.split('\n', 1);
      const action = lineOf(section, 'Do');
      return action === null ? [] : [[anchor.trim(), { look: lineOf(section, 'Look'), action }] as const];
    }),
  );
}

/** A list item that may go on over indented lines. */
function lineOf(section: string, name: string): string | null {
  const found = new RegExp(`^- \\*\\*${name}\\*\\*: (.+(?:\\n {2}.+)*)`, 'm').exec(section)?.[1];
  return found === undefined ? null : plainText(found);
}

function plainText(markdown: string): string {
  return markdown
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll(/[*`]/g, '');
}
